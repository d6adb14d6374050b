using Npgsql;

namespace GeminiChat.Migrator.DatabaseCopy;

/// <summary>Copies a table in the order of its keys, so that the last key that is there says where to go on.</summary>
internal sealed class TableCopier(CopiedTable table, SqliteSource source, NpgsqlConnection target, MigrationContext context)
{
    private const int RowsPerCommit = 20_000;

    private readonly MigrationProgress _progress = new(table.Name, context);

    public async Task Run()
    {
        using var rows = source.ReadAfter(table, await table.LastKey(target)).GetEnumerator();
        for (var isMore = rows.MoveNext(); isMore;)
        {
            isMore = await CopyBatch(rows);
        }

        await _progress.Complete();
    }

    /// <summary>Stores as many rows as one commit takes, the current one first.</summary>
    /// <returns>Whether there are more; then the next one is the current one.</returns>
    private async Task<bool> CopyBatch(IEnumerator<object?[]> rows)
    {
        await using var import = await target.BeginBinaryImportAsync($"copy {table.Name} ({table.ColumnList}) from stdin (format binary)");
        var isMore = true;
        for (var count = 0; isMore && count < RowsPerCommit; count++)
        {
            await import.StartRowAsync();
            for (var i = 0; i < rows.Current.Length; i++)
            {
                await Write(import, rows.Current[i], table.Columns[i]);
            }

            isMore = rows.MoveNext();
        }

        await _progress.Add(checked((long)await import.CompleteAsync()));
        return isMore;
    }

    private static Task Write(NpgsqlBinaryImporter import, object? value, CopiedColumn column) =>
        value is null ? import.WriteNullAsync() : import.WriteAsync(value, column.Type);
}

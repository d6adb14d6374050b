using Npgsql;

namespace GeminiChat.Migrator.DatabaseCopy;

/// <summary>
/// Copies a table in the order of its keys. After an interruption it continues after the last key in the target.
/// </summary>
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

    /// <summary>Copies the rows of one commit, starting with the current row.</summary>
    /// <returns>Whether there are more rows. The next one is then the current row.</returns>
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

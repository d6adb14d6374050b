using Dapper;
using GeminiChat.Silo.Store;

namespace GeminiChat.Migrator.DatabaseCopy;

/// <summary>Copies all data of a single process, rows and grain state, without changes.</summary>
internal static class DatabaseCopier
{
    private const string CompletionMessage = """
        SECRET_KEY is not in the database. Give silos and gateways the one that this data was used with: the value of the
        setting, or the content of data/secret.key. With another one, all users have to sign in again, and one-time codes
        that were sent do not work. Accounts, passwords and rooms are not affected.
        """;

    // The database numbers new rows itself, after the highest number that was copied.
    private const string ContinueNumbers = """
        select setval(pg_get_serial_sequence('webhook_deliveries', 'seq'), coalesce(max(seq), 1)) from webhook_deliveries
        """;

    public static async Task Run(MigrateArguments arguments, MigrationContext context)
    {
        if ((arguments.From, arguments.To) is not (DatabaseAddress.Sqlite from, DatabaseAddress.Postgres to))
        {
            throw new MigrationRefusedException("--from takes a sqlite:/// address, and --to then a postgresql:// one.");
        }

        await using var source = await SqliteSource.Open(from, context);
        await using var target = await PostgresTargetDatabase.Open(to, context);
        var tables = await TableSchema.Read(target.MainConnection);
        source.RequireSameColumns(tables);
        if (await target.BeginRun(source.Name) is { } moved)
        {
            await VerifyCompletedRun(moved, source, tables, target, context);
            return;
        }

        await context.WriteLine($"Moving {from.Display} to {to.Display}.");
        foreach (var table in tables)
        {
            await new TableCopier(table, source, target.MainConnection, context).Run();
        }

        await context.WriteLine("Comparing what is there now with what was to be moved.");
        var digests = new List<TableDigest>();
        foreach (var table in tables)
        {
            digests.Add(await CompareTable(table, source, target, context));
        }

        await target.MainConnection.ExecuteAsync(ContinueNumbers);
        await new MessageIndexBuilder(target, context).Run();
        await target.CompleteRun(source.Name, TableDigest.Join(digests));
        await context.WriteLine($"Done: {digests.Sum(digest => digest.Rows)} rows in {tables.Count} tables are the same in both.");
        await context.WriteLine(CompletionMessage);
    }

    private static async Task<TableDigest> CompareTable(
        CopiedTable table, SqliteSource source, PostgresTargetDatabase target, MigrationContext context)
    {
        var there = await TableDigest.Compute(table, source.Read(table));
        var here = await TableDigest.Compute(table, table.Read(target.MainConnection));
        if (there != here)
        {
            throw new MigrationRefusedException(
                $"{table.Name} differs from the source ({here.Rows} and {there.Rows} rows): the source has changed since the "
                + $"move began. Empty {target.Display} and begin anew.");
        }

        await context.WriteLine($"{table.Name}: {here.Rows} rows, the same in both.");
        return there;
    }

    // Checks only the source: the target may have been in use since.
    private static async Task VerifyCompletedRun(
        CompletedMigration moved, SqliteSource source, IReadOnlyList<CopiedTable> tables, PostgresTargetDatabase target, MigrationContext context)
    {
        var digests = new List<TableDigest>();
        foreach (var table in tables)
        {
            digests.Add(await TableDigest.Compute(table, source.Read(table)));
        }

        if (TableDigest.Join(digests) != moved.Digest)
        {
            throw new MigrationRefusedException(
                $"{source.Display} has changed since it was moved to {target.Display} at {moved.At:u}; what is new stays where it is.");
        }

        await context.WriteLine($"Nothing to do: all of {source.Display} was moved to {target.Display} at {moved.At:u}.");
    }
}

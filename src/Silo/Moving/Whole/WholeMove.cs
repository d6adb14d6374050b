using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Moving.Whole;

/// <summary>Moves all that a process of its own keeps, rows and grain state, as it is.</summary>
internal static class WholeMove
{
    private const string AfterWords = """
        What is not in the database and must be carried over: SECRET_KEY. Give silos and gateways the one that this data
        was used with: the setting, or what stands in data/secret.key. With another one nobody's sign-in lasts, and
        one-time codes under way do not work; accounts, passwords and rooms stay good.
        """;

    public static async Task Run(MoveArguments arguments, MoveSetting setting)
    {
        if ((arguments.From, arguments.To) is not (DatabaseAddress.Sqlite from, DatabaseAddress.Postgres to))
        {
            throw new MoveRefusedException("--from takes a sqlite:/// address, and --to then a postgresql:// one.");
        }

        await using var source = await SourceFiles.Open(from, setting);
        await using var target = await PostgresTarget.Open(to, setting);
        var tables = await TargetTables.Read(target.Connection);
        source.Check(tables);
        if (await target.Begin(source.Name) is { } moved)
        {
            await CompareWith(moved, source, tables, target, setting);
            return;
        }

        await setting.Say($"Moving {from.Display} to {to.Display}.");
        foreach (var table in tables)
        {
            await new TableCopy(table, source, target.Connection, setting).Run();
        }

        await setting.Say("Comparing what is there now with what was to be moved.");
        var digests = new List<TableDigest>();
        foreach (var table in tables)
        {
            digests.Add(await Compare(table, source, target, setting));
        }

        await target.End(source.Name, TableDigest.Join(digests));
        await setting.Say($"Done: {digests.Sum(digest => digest.Rows)} rows in {tables.Count} tables are the same in both.");
        await setting.Say(AfterWords);
    }

    private static async Task<TableDigest> Compare(
        MovedTable table, SourceFiles source, PostgresTarget target, MoveSetting setting)
    {
        var there = TableDigest.Of(table, source.Read(table));
        var here = await TableDigest.Of(table, table.Read(target.Connection));
        if (there != here)
        {
            throw new MoveRefusedException(
                $"{table.Name} has {here.Rows} rows where the source has {there.Rows}, or others: the source has changed since the "
                + $"move began. Empty {target.Display} and begin anew.");
        }

        await setting.Say($"{table.Name}: {here.Rows} rows, the same in both.");
        return there;
    }

    /// <summary>The target may be in use since, so it is left alone.</summary>
    private static async Task CompareWith(
        Moved moved, SourceFiles source, IReadOnlyList<MovedTable> tables, PostgresTarget target, MoveSetting setting)
    {
        var digests = new List<TableDigest>();
        foreach (var table in tables)
        {
            digests.Add(TableDigest.Of(table, source.Read(table)));
        }

        if (TableDigest.Join(digests) != moved.Digest)
        {
            throw new MoveRefusedException(
                $"{source.Display} has changed since it was moved to {target.Display} at {moved.At:u}; what is new stays where it is.");
        }

        await setting.Say($"Nothing to do: all of {source.Display} was moved to {target.Display} at {moved.At:u}.");
    }
}

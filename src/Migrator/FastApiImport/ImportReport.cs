namespace GeminiChat.Migrator.FastApiImport;

/// <summary>Counts the imported rows, and lists each row that is skipped or changed.</summary>
internal sealed class ImportReport(MigrationContext context)
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public long this[string what] => _counts.GetValueOrDefault(what);

    public void Count(string what, long by = 1) => _counts[what] = this[what] + by;

    /// <summary>Counts a row and lists it. The texts must not contain personal data.</summary>
    public Task List(string what, string which)
    {
        Count(what);
        return context.WriteLine($"  {which}: {what}");
    }

    public async Task Sum()
    {
        foreach (var (what, count) in _counts)
        {
            await context.WriteLine($"{what}: {count}");
        }
    }
}

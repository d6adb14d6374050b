namespace GeminiChat.Migrator.FastApiImport;

/// <summary>Counts what becomes of the old rows, and names each one that is not as it was.</summary>
internal sealed class ImportReport(MigrationContext context)
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public long this[string what] => _counts.GetValueOrDefault(what);

    public void Count(string what, long by = 1) => _counts[what] = this[what] + by;

    /// <summary>Counts, and says which one. The words must hold nothing that is anybody's secret.</summary>
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

namespace GeminiChat.Migrator;

/// <summary>Reports the progress every few seconds and at the end.</summary>
internal sealed class MigrationProgress(string what, MigrationContext context)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly long _start = context.Time.GetTimestamp();
    private long _lastReport = context.Time.GetTimestamp();
    private long _rows;

    public async Task Add(long rows)
    {
        _rows += rows;
        if (context.Time.GetElapsedTime(_lastReport) >= Interval)
        {
            _lastReport = context.Time.GetTimestamp();
            await Report("so far");
        }
    }

    public Task Complete() => Report("moved");

    private Task Report(string state)
    {
        var seconds = context.Time.GetElapsedTime(_start).TotalSeconds;
        return context.WriteLine($"{what}: {_rows} rows {state}, {_rows / Math.Max(seconds, 0.001):F0} a second");
    }
}

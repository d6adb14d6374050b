namespace GeminiChat.Silo.Moving;

/// <summary>Tells how far it is: every few seconds, and at the end.</summary>
internal sealed class Progress(string what, MoveSetting setting)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly long _start = setting.Time.GetTimestamp();
    private long _told = setting.Time.GetTimestamp();
    private long _rows;

    public async Task Add(long rows)
    {
        _rows += rows;
        if (setting.Time.GetElapsedTime(_told) >= Interval)
        {
            _told = setting.Time.GetTimestamp();
            await Tell("so far");
        }
    }

    public Task End() => Tell("moved");

    private Task Tell(string state)
    {
        var seconds = setting.Time.GetElapsedTime(_start).TotalSeconds;
        return setting.Say($"{what}: {_rows} rows {state}, {_rows / Math.Max(seconds, 0.001):F0} a second");
    }
}

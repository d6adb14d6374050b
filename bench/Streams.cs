using System.Diagnostics;

namespace GeminiChat.Bench;

/// <summary>Many slow streams at once: a chunk per 500 ms.</summary>
internal static class Streams
{
    private const int Words = 20;
    private const int RoomsPerUser = 900;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(500);

    public static async Task<int> Measure(int count)
    {
        await using var stage = await Stage.Open(Words, Delay);
        var rooms = new List<(string Room, string Token)>();
        for (var user = 1; rooms.Count < count; user++)
        {
            var token = await stage.SignIn(user);
            rooms.AddRange((await stage.Rooms(token, Math.Min(RoomsPerUser, count - rooms.Count))).Select(room => (room, token)));
        }

        stage.Gateway.Refresh();
        var (before, peak) = (stage.Gateway.WorkingSet64, 0L);
        using var ended = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
            while (!ended.IsCancellationRequested && await tick.WaitForNextTickAsync())
            {
                stage.Gateway.Refresh();
                peak = Math.Max(peak, stage.Gateway.WorkingSet64);
            }
        });
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(rooms.Select(room => Task.Run(() => Load.One(stage.Http, Load.Ask(room.Room, room.Token), new byte[1024]))));
        var seconds = clock.Elapsed.TotalSeconds;
        await ended.CancelAsync();
        await watching;
        var ideal = (Words - 1) * Delay.TotalSeconds;
        Console.WriteLine(
            $"{count} streams: {seconds:F2} s, {seconds / ideal:F2} of the ideal {ideal:F1} s; {(peak - before) / 1024.0 / count:F0} KB of working set each");
        return 0;
    }
}

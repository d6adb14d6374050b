using System.Diagnostics;

namespace GeminiChat.Bench;

/// <summary>Many slow streams at once, a chunk per 500 ms: at the bare relay, and at the gateway.</summary>
internal static class Streams
{
    private const int Words = 121;
    private const int RoomsPerUser = 900;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(500);

    // All of them live at once for most of the time.
    private static readonly TimeSpan RampUp = TimeSpan.FromSeconds(20);

    public static async Task<int> Measure(int count)
    {
        await using var stage = await BenchEnvironment.Open(Words, Delay);
        var rooms = new List<(string Room, string Token)>();
        for (var user = 1; rooms.Count < count; user++)
        {
            var token = await stage.SignIn(user);
            rooms.AddRange((await stage.CreateRooms(token, Math.Min(RoomsPerUser, count - rooms.Count))).Select(room => (room, token)));
        }

        await Run("bare relay", stage.Baseline, stage.Http, count, i => LoadGenerator.CreatePost($"{stage.BaselineUrl}/relay", rooms[i].Token));
        await Run("gateway", stage.Gateway, stage.Http, count, i => LoadGenerator.CreatePost(rooms[i].Room, rooms[i].Token));
        return 0;
    }

    private static async Task Run(string name, Process server, HttpClient http, int count, Func<int, HttpRequestMessage> next)
    {
        server.Refresh();
        var (before, cpu) = (server.WorkingSet64, server.TotalProcessorTime);
        using var ended = new CancellationTokenSource();
        var peak = MeasurePeakWorkingSet(server, ended.Token);
        var clock = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
        {
            await Task.Delay(RampUp * i / count);
            var began = clock.Elapsed;
            await LoadGenerator.SendAndMeasure(http, next(i), new byte[1024]);
            return clock.Elapsed - began;
        }));
        var seconds = clock.Elapsed.TotalSeconds;
        await ended.CancelAsync();
        server.Refresh();
        var ideal = (Words - 1) * Delay;
        Array.Sort(times);
        Console.WriteLine(
            $"{name,-12} {count} streams of {ideal.TotalSeconds:F0} s: p50 {times[count / 2] / ideal:F3}, p99 {times[count * 99 / 100] / ideal:F3}, "
            + $"slowest {times[^1] / ideal:F3} of it; {(await peak - before) / 1024.0 / count:F0} KB of working set each, "
            + $"{(server.TotalProcessorTime - cpu).TotalSeconds / seconds:P0} of a core");
    }

    private static async Task<long> MeasurePeakWorkingSet(Process server, CancellationToken ended)
    {
        var peak = 0L;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!ended.IsCancellationRequested)
        {
            server.Refresh();
            peak = Math.Max(peak, server.WorkingSet64);
            await tick.WaitForNextTickAsync(CancellationToken.None);
        }

        return peak;
    }
}

namespace GeminiChat.Bench;

/// <summary>Many slow streams at once, a chunk every 500 ms, at the bare relay and at one process with SQLite.</summary>
internal static class LiveStreams
{
    private const int RoomsPerUser = 250;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RampUp = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    // All streams are live from the end of the ramp to the end of the last window.
    private static readonly TimeSpan Length = RampUp + (2 * Settling) + (Comparison.Rounds * Window);

    public static async Task<IReadOnlyList<Row>> Run(BenchServers servers, int count, double? cpuGoal, double? memoryGoal)
    {
        await using var gateway = await Deployment.StartOnSqlite(servers.ModelUrl);
        var rooms = await Rooms.Create(gateway, RoomsPerUser, users: (count + RoomsPerUser - 1) / RoomsPerUser);
        await servers.Configure(chunks: (int)(Length / Delay), Delay);
        using var relay = new HttpClient { BaseAddress = new Uri(servers.BaselineUrl), Timeout = Timeout.InfiniteTimeSpan };
        using var http = new HttpClient { BaseAddress = gateway.Gateways[0].Address, Timeout = Timeout.InfiniteTimeSpan };
        BenchRequest[] relayed = [.. Enumerable.Repeat(new BenchRequest("POST", "/relay/80"), count)];
        var baseline = await Measure(relay, relayed, () => servers.BaselineCpu, () => servers.BaselineMemory);
        var ours = await Measure(http, [.. rooms.Streamed.Take(count)], () => gateway.Cpu, () => gateway.Memory);
        return
        [
            new Row($"{count:N0} live streams", "% of a core", baseline.Cpu, ours.Cpu, ours.Cpu / baseline.Cpu, cpuGoal),
            new Row($"{count:N0} live streams, each", "KB of working set", baseline.Memory, ours.Memory, ours.Memory / baseline.Memory, memoryGoal),
        ];
    }

    private static async Task<(double Cpu, double Memory)> Measure(
        HttpClient http, IReadOnlyList<BenchRequest> requests, Func<TimeSpan> cpu, Func<long> memory)
    {
        var before = memory();
        var streams = requests.Select((request, number) => Follow(http, request, RampUp * number / requests.Count)).ToList();
        await Task.Delay(RampUp + Settling);
        var windows = new List<double>();
        for (var round = 0; round < Comparison.Rounds; round++)
        {
            var start = cpu();
            await Task.Delay(Window);
            windows.Add((cpu() - start) / Window * 100);
        }

        var each = (memory() - before) / 1024.0 / requests.Count;
        await Task.WhenAll(streams);
        return (Comparison.Median(windows), each);
    }

    private static async Task Follow(HttpClient http, BenchRequest request, TimeSpan wait)
    {
        await Task.Delay(wait);
        await StreamClient.Read(http, request);
    }
}

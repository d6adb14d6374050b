using System.Diagnostics;

namespace GeminiChat.Bench;

/// <summary>What a process costs that serves nobody.</summary>
internal static class Idle
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(75);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    public static async Task<IReadOnlyList<Row>> Run(BenchServers servers)
    {
        var (cpu, wall) = (new List<double>(), new List<double>());
        for (var round = 0; round < Comparison.Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            await using var started = await Deployment.StartOnSqlite(servers.ModelUrl);
            wall.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            cpu.Add(started.Cpu.TotalSeconds);
        }

        await using var one = await Deployment.StartOnSqlite(servers.ModelUrl);
        await using var cluster = await Deployment.StartCluster(servers.ModelUrl, silos: 2, gateways: 0);
        await Task.Delay(Settling);
        var (before, ofSilos) = (one.Cpu, cluster.Cpu);
        await Task.Delay(Window);
        return
        [
            new Row("start of one process until ready", "s of CPU", null, Comparison.Median(cpu), null, 2),
            new Row("the same", "s", null, Comparison.Median(wall), null, 1),
            new Row("one process at rest", "% of a core", null, (one.Cpu - before) / Window * 100, null, 1),
            new Row("each of two silos at rest", "% of a core", null, (cluster.Cpu - ofSilos) / Window * 100 / 2, null, 1),
        ];
    }
}

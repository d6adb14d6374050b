namespace GeminiChat.Bench;

/// <summary>One side of a comparison.</summary>
/// <param name="Urls">The servers; each gets an equal share of the connections and of the requests.</param>
/// <param name="Requests">What is sent to each of them, in turn.</param>
/// <param name="Cpu">The CPU time that is counted.</param>
internal sealed record Side(IReadOnlyList<string> Urls, IReadOnlyList<BenchRequest> Requests, Func<TimeSpan> Cpu)
{
    /// <summary>What is sent before the measurement. Posts go to other rooms, so that histories are short when it begins.</summary>
    public IReadOnlyList<BenchRequest> WarmUp { get; init; } = Requests;

    public static Side Of(Deployment deployment, IReadOnlyList<BenchRequest> requests) =>
        new([.. deployment.Urls], requests, () => deployment.Cpu);

    public static Side Baseline(BenchServers servers, BenchRequest request) =>
        new([servers.BaselineUrl], [request], () => servers.BaselineCpu);
}

/// <summary>A row of the table: what an operation costs, and what it costs at the baseline.</summary>
/// <param name="Operation">What was measured.</param>
/// <param name="Unit">What the costs are, such as "us of CPU".</param>
/// <param name="Baseline">The baseline's median.</param>
/// <param name="Cost">Our median.</param>
/// <param name="Ratio">The median of the rounds' ratios.</param>
/// <param name="Goal">The highest ratio that is wanted; of a row without a baseline, the highest cost.</param>
/// <param name="BaselineRate">Operations per second of the baseline.</param>
/// <param name="Rate">Our operations per second.</param>
internal sealed record Row(
    string Operation, string Unit, double? Baseline, double Cost, double? Ratio, double? Goal, double? BaselineRate = null, double? Rate = null);

/// <summary>Measures two sides in turn, so that the noise of the machine meets both.</summary>
internal static class Comparison
{
    public const int Rounds = 5;
    private const int Connections = 64;

    // The run-time compiles hot code again, with what it has learned from it. Before that, a reply costs three times as much.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    public static Task<Row> Run(string operation, double? goal, Side baseline, Side ours) =>
        Run(operation, goal, () => Task.FromResult(baseline), ours);

    /// <summary>The same, with a baseline that is made after each round of ours and may depend on what that round did.</summary>
    public static async Task<Row> Run(string operation, double? goal, Func<Task<Side>> baseline, Side ours)
    {
        await Measure(ours with { Requests = ours.WarmUp }, WarmUp);
        await Measure(await baseline(), WarmUp);
        var rounds = new List<(Cost Ours, Cost Baseline)>();
        for (var round = 0; round < Rounds; round++)
        {
            var cost = await Measure(ours, Duration);
            rounds.Add((cost, await Measure(await baseline(), Duration)));
        }

        return new Row(
            operation,
            "us of CPU",
            Median(rounds.Select(static round => round.Baseline.Microseconds)),
            Median(rounds.Select(static round => round.Ours.Microseconds)),
            Median(rounds.Select(static round => round.Ours.Microseconds / round.Baseline.Microseconds)),
            goal,
            Median(rounds.Select(static round => round.Baseline.Rate)),
            Median(rounds.Select(static round => round.Ours.Rate)));
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static async Task<Cost> Measure(Side side, TimeSpan duration)
    {
        var cpu = side.Cpu();
        var answered = await Task.WhenAll(side.Urls.Select(
            (url, number) => Wrk.Run(url, Share(side.Requests, number, side.Urls.Count), Connections / side.Urls.Count, duration)));
        var total = answered.Sum();
        return new Cost((side.Cpu() - cpu).TotalMicroseconds / total, total / duration.TotalSeconds);
    }

    private static IEnumerable<BenchRequest> Share(IReadOnlyList<BenchRequest> requests, int number, int count) =>
        requests.Count < count ? requests : requests.Where((_, i) => i % count == number);

    private readonly record struct Cost(double Microseconds, double Rate);
}

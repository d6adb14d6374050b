using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace GeminiChat.Grains;

/// <summary>What metrics and spans of our own come from. Each area has its own instruments, beside what they measure.</summary>
/// <remarks>
/// <c>docs/metrics.md</c> lists them. Values of labels are words from a short list: never an id, a number or a text of
/// a user's. While nobody listens, a measurement costs a look at an empty list.
/// </remarks>
public static class Instruments
{
    /// <summary>The name of every meter and activity source of this service.</summary>
    public const string Name = "GeminiChat";

    private static readonly InstrumentAdvice<double> SecondsAdvice = new()
    {
        // From a commit in memory to the longest reply.
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
    };

    internal static Meter Meter { get; } = new(Name);

    internal static ActivitySource Source { get; } = new(Name);

    /// <summary>The trace that the code at work belongs to; a default value when there is none.</summary>
    internal static ActivityContext CurrentContext => Activity.Current?.Context ?? default;

    /// <summary>A histogram of durations.</summary>
    internal static Histogram<double> CreateDurationHistogram(string name, string description) =>
        Meter.CreateHistogram(name, "s", description, tags: null, SecondsAdvice);

    /// <summary>Links to those of the traces that are there.</summary>
    internal static IEnumerable<ActivityLink> ToLinks(this IEnumerable<ActivityContext> traces) =>
        traces.Where(trace => trace != default).Select(trace => new ActivityLink(trace));
}

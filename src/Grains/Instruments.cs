using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace GeminiChat.Grains;

/// <summary>
/// The meter and the activity source of this service. Each area declares its own instruments next to the code that they
/// measure.
/// </summary>
/// <remarks>
/// <c>docs/metrics.md</c> lists them. Label values come from a short list of words. They are never an id, a phone number
/// or a user's text. While nothing listens, a measurement only checks an empty list.
/// </remarks>
public static class Instruments
{
    /// <summary>The name of every meter and activity source of this service.</summary>
    public const string Name = "GeminiChat";

    private static readonly InstrumentAdvice<double> SecondsAdvice = new()
    {
        // The range goes from a commit in memory to the longest reply.
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
    };

    internal static Meter Meter { get; } = new(Name);

    internal static ActivitySource Source { get; } = new(Name);

    /// <summary>The trace context of the current activity; a default value when there is none.</summary>
    internal static ActivityContext CurrentContext => Activity.Current?.Context ?? default;

    internal static Histogram<double> CreateDurationHistogram(string name, string description) =>
        Meter.CreateHistogram(name, "s", description, tags: null, SecondsAdvice);

    /// <summary>Creates links to the traces that have a context.</summary>
    internal static IEnumerable<ActivityLink> ToLinks(this IEnumerable<ActivityContext> traces) =>
        traces.Where(trace => trace != default).Select(trace => new ActivityLink(trace));
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace GeminiChat.EndToEnd.Tests.Telemetry;

/// <summary>What Prometheus reads from a process at one moment.</summary>
internal sealed partial class PrometheusScrape(string text)
{
    private const int RegexTimeoutMs = 1000;

    private readonly List<(string Name, string Labels, double Value)> _samples = [.. Sample().Matches(text).Select(match =>
        (match.Groups["name"].Value, match.Groups["labels"].Value, double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture)))];

    public string Text => text;

    public IReadOnlySet<string> Names => _samples.Select(sample => sample.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>The metrics, each once: a histogram has several names.</summary>
    public IReadOnlySet<string> Families => Type().Matches(text).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

    /// <summary>The sum over all that has these labels, such as <c>outcome="failed"</c>; 0 when there is none.</summary>
    public double Sum(string name, params string[] labels) => _samples
        .Where(sample => sample.Name == name && labels.All(label => sample.Labels.Contains(label, StringComparison.Ordinal)))
        .Sum(sample => sample.Value);

    [GeneratedRegex("""^(?<name>[a-z_]+)(\{(?<labels>.*)\})? (?<value>\S+)( \d+)?$""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex Sample();

    [GeneratedRegex("^# TYPE (?<name>[a-z_]+) ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex Type();
}

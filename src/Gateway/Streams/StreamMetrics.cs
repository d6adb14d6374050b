using System.Diagnostics.Metrics;
using GeminiChat.ServiceDefaults.Telemetry;

namespace GeminiChat.Gateway.Streams;

/// <summary>Counts the open streams.</summary>
internal static class StreamMetrics
{
    private static readonly UpDownCounter<int> Live = TelemetryHosting.Meter.CreateUpDownCounter<int>(
        "geminichat.streams.live", "{stream}", "Clients who follow a reply or their notices.");

    /// <summary>Counts one stream until the result is disposed.</summary>
    public static Open Begin(string kind)
    {
        var open = new Open(kind);
        Live.Add(1, open.Label);
        return open;
    }

    public readonly struct Open(string kind) : IDisposable
    {
        internal KeyValuePair<string, object?> Label => KeyValuePair.Create<string, object?>("kind", kind);

        public void Dispose() => Live.Add(-1, Label);
    }
}

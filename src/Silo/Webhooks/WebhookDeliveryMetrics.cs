using System.Diagnostics.Metrics;
using GeminiChat.Grains;

namespace GeminiChat.Silo.Webhooks;

/// <summary>Measures the webhooks that are sent, by receiver.</summary>
internal static class WebhookDeliveryMetrics
{
    public const string Delivered = "delivered";

    /// <summary>It is sent again later.</summary>
    public const string Failed = "failed";

    /// <summary>It is not sent again.</summary>
    public const string GivenUp = "given_up";

    private static readonly Counter<long> Deliveries = Instruments.Meter.CreateCounter<long>(
        "geminichat.webhook.deliveries", "{delivery}", "Attempts to deliver an event to a receiver of webhooks, and events that were given up.");

    private static readonly Histogram<double> Duration =
        Instruments.CreateDurationHistogram("geminichat.webhook.duration", "Time until a receiver of webhooks answered, or the attempt failed.");

    private static readonly Gauge<long> Pending = Instruments.Meter.CreateGauge<long>(
        "geminichat.webhook.pending", "{event}", "Stored events that a receiver of webhooks has not got yet.");

    public static void Count(int endpoint, string outcome, long count = 1) =>
        Deliveries.Add(count, Tag(endpoint), KeyValuePair.Create<string, object?>("outcome", outcome));

    public static void RecordDuration(int endpoint, TimeSpan duration) => Duration.Record(duration.TotalSeconds, Tag(endpoint));

    public static void RecordPending(int endpoint, long count) => Pending.Record(count, Tag(endpoint));

    private static KeyValuePair<string, object?> Tag(int endpoint) => new("endpoint", endpoint);
}

using System.Diagnostics.Metrics;
using GeminiChat.GrainInterfaces.Subscriptions;
using GeminiChat.ServiceDefaults.Telemetry;

namespace GeminiChat.Gateway.Payments;

/// <summary>Counts Stripe's webhooks by what came of them.</summary>
internal static class WebhookMetrics
{
    /// <summary>Not signed by Stripe, or not lately.</summary>
    public const string BadSignature = "bad_signature";

    /// <summary>No body that HTTP allows, or one that did not arrive whole and in time.</summary>
    public const string BadRequest = "bad_request";

    /// <summary>Larger than any event is.</summary>
    public const string TooLarge = "too_large";

    /// <summary>Payments are off.</summary>
    public const string NotConfigured = "not_configured";

    /// <summary>Not taken now, so that Stripe sends it again: the process is leaving or has too many webhooks at once, or the store is away.</summary>
    public const string Unavailable = "unavailable";

    private static readonly Counter<long> Webhooks =
        TelemetryHosting.Meter.CreateCounter<long>("geminichat.webhooks", "{webhook}", "Webhooks of Stripe's that came in.");

    public static void CountWebhook(string outcome) => Webhooks.Add(1, KeyValuePair.Create<string, object?>("outcome", outcome));

    public static string ToOutcomeTag(IntakeOutcome outcome) => outcome switch
    {
        IntakeOutcome.Stored => "stored",
        IntakeOutcome.Ignored => "ignored",
        IntakeOutcome.Refused => "refused",
        IntakeOutcome.NotConfigured => NotConfigured,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "No such outcome."),
    };
}

using System.Diagnostics.Metrics;
using GeminiChat.GrainInterfaces.Subscriptions;
using GeminiChat.ServiceDefaults.Telemetry;

namespace GeminiChat.Gateway.Payments;

/// <summary>Counts Stripe's webhooks by outcome.</summary>
internal static class WebhookMetrics
{
    /// <summary>Not signed by Stripe, or too long ago.</summary>
    public const string BadSignature = "bad_signature";

    /// <summary>The body is not valid HTTP, or did not arrive completely and in time.</summary>
    public const string BadRequest = "bad_request";

    public const string TooLarge = "too_large";

    /// <summary>Payments are off.</summary>
    public const string NotConfigured = "not_configured";

    /// <summary>Stripe sends it again: the process shuts down or has too many webhooks, or the store is unavailable.</summary>
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

using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using GeminiChat.Grains.Subscriptions;
using Stripe;

namespace GeminiChat.Silo.Payments;

/// <summary>Reads events of any API version.</summary>
/// <remarks>
/// Without Stripe.net's classes: an event has the API version of its webhook endpoint, and they read only the package's version.
/// </remarks>
internal sealed partial class StripeEventReader(IOptions<StripeOptions> options, ILogger<StripeEventReader> logger)
{
    /// <summary>
    /// The types that can change a subscription or report the end of a checkout. Stripe's event list accepts up to 20 types.
    /// </summary>
    public static readonly FrozenSet<string> RelevantTypes = FrozenSet.Create(
        StringComparer.Ordinal,
        EventTypes.CheckoutSessionCompleted,
        EventTypes.CheckoutSessionAsyncPaymentSucceeded,
        EventTypes.CheckoutSessionAsyncPaymentFailed,
        EventTypes.CheckoutSessionExpired,
        EventTypes.CustomerSubscriptionCreated,
        EventTypes.CustomerSubscriptionUpdated,
        EventTypes.CustomerSubscriptionDeleted,
        EventTypes.CustomerSubscriptionPaused,
        EventTypes.CustomerSubscriptionResumed,
        EventTypes.CustomerSubscriptionTrialWillEnd,
        EventTypes.CustomerSubscriptionPendingUpdateApplied,
        EventTypes.CustomerSubscriptionPendingUpdateExpired,
        EventTypes.InvoicePaid,
        EventTypes.InvoicePaymentFailed,
        EventTypes.InvoicePaymentActionRequired,
        EventTypes.InvoiceFinalizationFailed);

    private readonly ConcurrentDictionary<string, bool> _loggedVersions = new(StringComparer.Ordinal);

    /// <summary>Reads an event; null when the text is no event, or an event of the other mode (live or test).</summary>
    public PaymentEvent? Read(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return Read(json.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc cref="Read(string)"/>
    public PaymentEvent? Read(JsonElement json)
    {
        try
        {
            return ReadText(json);
        }
        catch (InvalidOperationException)
        {
            // An invalid escape sequence, such as a lone surrogate.
            return null;
        }
    }

    private PaymentEvent? ReadText(JsonElement json)
    {
        if (json.Text("object") is not "event"
            || json.Text("id") is not { } id
            || json.Text("type") is not { } type
            || json.Time("created") is null
            || json.At("data", "object") is not { ValueKind: JsonValueKind.Object } about
            || !IsOfConfiguredMode(json))
        {
            return null;
        }

        WarnOfOtherVersion(json.Text("api_version"));
        var user = type switch
        {
            _ when type.StartsWith("checkout.session.", StringComparison.Ordinal) =>
                about.User("metadata", "user_id") ?? about.User("client_reference_id"),
            _ when type.StartsWith("customer.subscription.", StringComparison.Ordinal) => about.User("metadata", "user_id"),
            _ when type.StartsWith("invoice.", StringComparison.Ordinal) => UserOf(about),
            _ => null,
        };
        return new(id, about.Id("customer"), user, RelevantTypes.Contains(type));
    }

    // API version 2025-03-31.basil moved the metadata into "parent".
    private static Guid? UserOf(JsonElement invoice) =>
        invoice.User("parent", "subscription_details", "metadata", "user_id")
        ?? invoice.User("subscription_details", "metadata", "user_id");

    private bool IsOfConfiguredMode(JsonElement json) => options.Value.IsLive switch
    {
        null => true,
        true => json.At("livemode") is { ValueKind: JsonValueKind.True },
        false => json.At("livemode") is { ValueKind: JsonValueKind.False },
    };

    private void WarnOfOtherVersion(string? version)
    {
        if (version is not null && version != StripeConfiguration.ApiVersion && _loggedVersions.TryAdd(version, true))
        {
            Log.OtherVersion(logger, version, StripeConfiguration.ApiVersion);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Stripe's events have version {Version}; this program expects {Expected}. Set it on the webhook's endpoint")]
        public static partial void OtherVersion(ILogger logger, string version, string expected);
    }
}

namespace GeminiChat.GrainInterfaces.Subscriptions;

/// <summary>
/// Receives the payment provider's events. Key: 0. There may be any number of activations; they own no state.
/// </summary>
[Alias("geminichat.IPaymentInboxGrain")]
public interface IPaymentInboxGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Receives an event whose signature was valid. A stored event is durable when the call returns, and it is processed
    /// without further calls. An event that arrives again has no effect.
    /// </summary>
    [Alias("Take")]
    Task<IntakeOutcome> Receive(WebhookPayload payload);
}

/// <summary>An event as it arrived.</summary>
/// <param name="Json">The body of the webhook.</param>
[GenerateSerializer, Immutable, Alias("geminichat.EventBody")]
public sealed record WebhookPayload([property: Id(0)] string Json)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(WebhookPayload);
}

/// <summary>The outcome of receiving an event.</summary>
public enum IntakeOutcome
{
    /// <summary>The event is stored, by this call or an earlier one.</summary>
    Stored = 0,

    /// <summary>The event is about no user of this service, or cannot change a subscription.</summary>
    Ignored = 1,

    /// <summary>The body is not an event, or is an event of the other mode (test or live).</summary>
    Refused = 2,

    /// <summary>No payment provider is configured.</summary>
    NotConfigured = 3,
}

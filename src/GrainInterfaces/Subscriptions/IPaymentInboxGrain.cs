namespace GeminiChat.GrainInterfaces.Subscriptions;

/// <summary>Takes in the payment provider's events. Key: 0; any number of activations, which own nothing.</summary>
[Alias("geminichat.IPaymentInboxGrain")]
public interface IPaymentInboxGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Takes an event whose signature was right. When it is taken it is durable, and what follows from it is done without
    /// anybody's help. An event that comes again has no effect.
    /// </summary>
    [Alias("Take")]
    Task<IntakeOutcome> Receive(WebhookPayload payload);
}

/// <summary>An event as it came.</summary>
/// <param name="Json">The body of the webhook.</param>
[GenerateSerializer, Immutable, Alias("geminichat.EventBody")]
public sealed record WebhookPayload([property: Id(0)] string Json)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(WebhookPayload);
}

/// <summary>What came of an event.</summary>
public enum IntakeOutcome
{
    /// <summary>It is stored now, or was before.</summary>
    Stored = 0,

    /// <summary>It is about nobody here, or about nothing that matters here.</summary>
    Ignored = 1,

    /// <summary>It is no event, or one of the other mode (test or live).</summary>
    Refused = 2,

    /// <summary>There is no payment provider.</summary>
    NotConfigured = 3,
}

namespace GeminiChat.Gateway.Payments;

internal static class PaymentProblems
{
    private const int OutageSeconds = 10;

    public static Problem NoCustomer { get; } = new(
        StatusCodes.Status409Conflict, "There is no subscription to manage yet. Subscribe first: POST /payments/subscribe/pro.")
    {
        Type = ProblemTypes.NoSubscription,
    };

    public static Problem Unavailable { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "The payment provider does not answer at the moment. Try again shortly.", OutageSeconds)
    {
        Type = ProblemTypes.PaymentsDown,
    };

    /// <summary>Not an outage: an operator has to correct the settings here or at Stripe.</summary>
    public static Problem Refused { get; } = new(
        StatusCodes.Status500InternalServerError,
        "The payment provider refuses this server's request. Trying again does not help: its operator finds the reason in the log.")
    {
        Type = ProblemTypes.PaymentsDown,
    };

    public static Problem NotConfigured { get; } = new(
        StatusCodes.Status503ServiceUnavailable,
        "Payments are not set up on this server: its operator has to set STRIPE_SECRET_KEY on silos and PUBLIC_URL on gateways.",
        retryAfter: 3600)
    { Type = ProblemTypes.NoPayments };

    public static Problem BadHost { get; } =
        Problems.BadRequest("The Host header is not an address that the payment page could lead back to.");

    /// <summary>The same for every kind of wrong signature.</summary>
    public static Problem BadSignature { get; } =
        Problems.BadRequest($"{StripeWebhook.SignatureHeader} is missing, wrong or too old.");

    public static Problem NotAnEvent { get; } =
        Problems.BadRequest("The body is not an event of Stripe's, or one of the other mode (test or live).");

    public static Problem TooManyWebhooks { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "Too many events are being taken at once. Send this one again.", OutageSeconds);

    public static Problem BodyTooLarge { get; } = new(
        StatusCodes.Status413PayloadTooLarge, $"The body is larger than {StripeWebhook.MaxBodyBytes / 1024} KB.");

    public static Problem AlreadySubscribed(string portalUrl) => new(
        StatusCodes.Status409Conflict, "You have a subscription already. portal_url leads to the page on which it is managed.")
    {
        Type = ProblemTypes.Subscribed,
        PortalUrl = portalUrl,
    };
}

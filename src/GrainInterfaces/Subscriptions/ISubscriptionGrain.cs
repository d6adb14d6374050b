namespace GeminiChat.GrainInterfaces.Subscriptions;

/// <summary>
/// A user's subscription: the customer at the payment provider, the open checkout, and the subscription as it was last
/// read from the provider. Key: the user's id.
/// </summary>
/// <remarks>
/// The only writer of all that. Calls interleave. What reads the provider for news is one task of the grain's own,
/// which no caller waits for without a bound; it is owed by rows of the store, so it goes on after a crash. No call
/// takes longer than 25 s, and each is safe to repeat.
/// </remarks>
[Alias("geminichat.ISubscriptionGrain")]
public interface ISubscriptionGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Opens the page on which the user subscribes to Pro; while one is open, that one again. Never for somebody who has
    /// a subscription that is not over; whose first payment is still to be made gets the page for that. Durable when it
    /// returns.
    /// </summary>
    [ResponseTimeout(ResponseTimeouts.PaymentProvider), Alias("OpenCheckout")]
    Task<CheckoutOutcome> OpenCheckout(ReturnUrls addresses);

    /// <summary>Opens the page on which the user manages the subscription.</summary>
    /// <param name="returnUrl">The address to come back to.</param>
    [ResponseTimeout(ResponseTimeouts.PaymentProvider), Alias("OpenPortal")]
    Task<PortalOutcome> OpenPortal(string returnUrl);

    /// <summary>The subscription as it was last read. Answered from memory.</summary>
    [Alias("GetStatus")]
    Task<SubscriptionStatus> GetStatus();

    /// <summary>
    /// Reads the subscription from the provider, if the checkout is the user's latest one and not known to be used yet;
    /// waits for that at most 8 s. What the checkout's id says is not believed.
    /// </summary>
    [ResponseTimeout(ResponseTimeouts.PaymentProvider), Alias("ConfirmCheckout")]
    Task<SubscriptionStatus> ConfirmCheckout(string checkoutId);

    /// <summary>Makes sure that owed work is being done: events to look into, a check that is due.</summary>
    [Alias("Wake")]
    Task Wake();

    /// <summary>
    /// Ends every subscription at once, closes the open checkout and deletes the customer at the provider, for a user who is
    /// deleted. The decision is durable when this returns, and there is no way back; the provider is told as soon as it
    /// answers, and the customer's id forgotten afterwards.
    /// </summary>
    [Alias("End")]
    Task EndForDeletedUser();
}

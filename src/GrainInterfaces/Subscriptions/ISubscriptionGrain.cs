namespace GeminiChat.GrainInterfaces.Subscriptions;

/// <summary>
/// A user's subscription: the customer at the payment provider, the open checkout, and the subscription as it was last
/// read from the provider. Key: the user's id.
/// </summary>
/// <remarks>
/// This grain is the only writer of this state. Calls interleave. A background task of the grain reads changes from the
/// provider, and each caller waits for it only up to a timeout. Rows in the store record the pending work, so the task
/// continues after a crash. No call takes longer than 25 s, and each is safe to repeat.
/// </remarks>
[Alias("geminichat.ISubscriptionGrain")]
public interface ISubscriptionGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Opens the page on which the user subscribes to Pro. If a checkout is open, that one is returned. A user with a
    /// subscription that has not ended gets no new checkout. If its first payment is missing, the user gets the page for
    /// that payment. Durable when the call returns.
    /// </summary>
    [ResponseTimeout(ResponseTimeouts.PaymentProvider), Alias("OpenCheckout")]
    Task<CheckoutOutcome> OpenCheckout(ReturnUrls addresses);

    /// <summary>Opens the page on which the user manages the subscription.</summary>
    /// <param name="returnUrl">The address to come back to.</param>
    [ResponseTimeout(ResponseTimeouts.PaymentProvider), Alias("OpenPortal")]
    Task<PortalOutcome> OpenPortal(string returnUrl);

    /// <summary>The subscription as it was last read. Returned from memory.</summary>
    [Alias("GetStatus")]
    Task<SubscriptionStatus> GetStatus();

    /// <summary>
    /// Reads the subscription from the provider if the checkout is the user's latest one and is not yet known to be used.
    /// Waits at most 8 s for that read. The checkout's id alone proves nothing.
    /// </summary>
    [ResponseTimeout(ResponseTimeouts.PaymentProvider), Alias("ConfirmCheckout")]
    Task<SubscriptionStatus> ConfirmCheckout(string checkoutId);

    /// <summary>Starts the pending work: events to process, or a check that is due.</summary>
    [Alias("Wake")]
    Task Wake();

    /// <summary>
    /// For a deleted user: ends every subscription at once, closes the open checkout and deletes the customer at the
    /// provider. The decision is durable when the call returns and cannot be undone. The provider is called until it has
    /// responded, and the customer's id is removed afterwards.
    /// </summary>
    [Alias("End")]
    Task EndForDeletedUser();
}

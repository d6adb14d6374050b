namespace GeminiChat.Grains.Subscriptions;

/// <summary>
/// Updates the stored subscription from the provider, and notifies the user's grain. Events only trigger a read. Each
/// read starts after the events were stored, so one read serves all of them.
/// </summary>
internal sealed partial class SubscriptionSynchronizer(
    SubscriptionGrain grain, PaymentCustomer paymentCustomer, IUserGrain user, SubscriptionServices services)
{
    private const int MaxEvents = 200;

    private static readonly TimeSpan UnconfiguredCheckDelay = TimeSpan.FromDays(1);

    public async Task<bool> HasPendingWork() => HasPendingWork(await services.Store.Load(grain.UserId, limit: 1));

    /// <summary>Does the work that is pending at this moment. If it fails, the rest stays pending.</summary>
    /// <returns>Whether there was anything to do.</returns>
    public async Task<bool> Synchronize(CancellationToken cancellationToken)
    {
        grain.ThrowIfWriteUnknown();
        var work = await services.Store.Load(grain.UserId, MaxEvents);
        if (!HasPendingWork(work))
        {
            return false;
        }

        // A notification that a crash prevented does not wait for the provider.
        await NotifyUserGrain();
        try
        {
            await Read(work, cancellationToken);
        }
        catch (PaymentProviderException failure) when (failure.Fault is PaymentProviderFault.NotConfigured)
        {
            // Events stay stored until a provider is configured again. Until then they cannot be processed.
            await services.Store.CompleteEvents(grain.UserId, [], services.Now() + UnconfiguredCheckDelay, services.Now());
            return false;
        }

        return true;
    }

    private bool HasPendingWork(SubscriptionWork work) =>
        grain.State.IsPushPending || !work.Events.IsEmpty || work.NextCheckAt <= services.Now();

    private async Task Read(SubscriptionWork work, CancellationToken cancellationToken)
    {
        if (grain.State.IsUserDeleted)
        {
            await EndAllForDeletedUser(work, cancellationToken);
            return;
        }

        // The time is taken before anything is read: work that becomes due after it was not seen.
        var now = services.Now();
        var customer = await paymentCustomer.Resolve(work, cancellationToken);
        if (customer is not null && await FindCurrentSubscription(customer, cancellationToken) is { IsNews: true } seen)
        {
            await StoreSubscription(seen.Best);
            await NotifyUserGrain();
            await EndCheckout(cancellationToken);
        }

        var next = Entitlement.GetNextCheck(grain.State.Subscription, now) ?? GetCheckoutExpiry(now);
        await services.Store.CompleteEvents(grain.UserId, [.. work.Events.Select(one => one.Id)], next, now);
    }

    /// <summary>
    /// Finds the subscription that counts; null when there is none any more. <c>IsNews</c> is false when there has never
    /// been a subscription, or when the provider does not know the stored one. The stored one then lasts until its own
    /// end.
    /// </summary>
    private async Task<(bool IsNews, StoredSubscription? Best)> FindCurrentSubscription(string customer, CancellationToken cancellationToken)
    {
        var best = Entitlement.SelectBest(await ListSubscriptions(customer, cancellationToken));
        if (best is null && grain.State.Subscription is { } stored)
        {
            best = await services.Payments.ReadSubscription(stored.Id, cancellationToken);
            if (best is null)
            {
                Log.Gone(services.Logger, grain.UserId);
            }
        }

        if (best is { IsPro: false })
        {
            Log.NotPro(services.Logger, grain.UserId);
            return (IsNews: true, null);
        }

        return (best is not null, best is null ? null : StoredSubscription.Of(best));
    }

    /// <summary>The customer's subscriptions; empty when the provider no longer knows the customer.</summary>
    private async Task<ImmutableArray<ProviderSubscription>> ListSubscriptions(string customer, CancellationToken cancellationToken)
    {
        try
        {
            return await services.Payments.ListSubscriptions(customer, cancellationToken);
        }
        catch (PaymentProviderException failure) when (failure.Fault is PaymentProviderFault.CustomerMissing)
        {
            return [];
        }
    }

    private async Task StoreSubscription(StoredSubscription? read)
    {
        var before = grain.State;
        var (tier, validUntil) = Entitlement.Evaluate(read, TimeSpan.FromDays(services.Options.Value.GraceDays));
        var grant = before.Grant with { Tier = tier, ValidUntil = validUntil };
        if (read == before.Subscription && grant == before.Grant)
        {
            return;
        }

        await grain.Write(before with
        {
            Subscription = read,
            Grant = grant with { Version = before.Grant.Version + 1 },
            IsPushPending = true,
        });
    }

    private async Task NotifyUserGrain()
    {
        if (grain.State.IsPushPending)
        {
            await user.SetTier(grain.State.Grant);
            await grain.Write(grain.State with { IsPushPending = false });
        }
    }

    /// <summary>
    /// Closes the checkout once there is a subscription, so that the user cannot pay a second time. While the first
    /// payment is missing, the checkout stays open, because it may be the payment page. This step is the last one, so
    /// that a user who has paid does not wait for it.
    /// </summary>
    private async Task EndCheckout(CancellationToken cancellationToken)
    {
        if (grain.State is { Checkout: not null, Subscription: { Status: not ProviderSubscriptionStatus.Incomplete } known } && !known.Status.IsOver())
        {
            await CloseCheckout(cancellationToken);
            await grain.Write(grain.State with { Checkout = null });
        }
    }

    /// <summary>Ends everything that still exists at the provider for a deleted user.</summary>
    /// <remarks>
    /// The row that names the customer is removed last. After a crash all steps run again without further effect.
    /// </remarks>
    private async Task EndAllForDeletedUser(SubscriptionWork work, CancellationToken cancellationToken)
    {
        await CloseCheckout(cancellationToken);
        foreach (var id in await ListActiveSubscriptionIds(work.CustomerId, cancellationToken))
        {
            await services.Payments.CancelSubscription(id, cancellationToken);
        }

        if (await paymentCustomer.ResolveForDeletedUser(work.CustomerId, cancellationToken) is { } customer)
        {
            await services.Payments.DeleteCustomer(customer, cancellationToken);
        }

        await grain.Write(new SubscriptionState { IsUserDeleted = true });
        await services.Store.RemoveUser(grain.UserId);
        paymentCustomer.ClearCache();
    }

    /// <summary>
    /// The subscriptions that have not ended: those of the customer, and the stored one, whose customer may not be known
    /// yet.
    /// </summary>
    private async Task<IEnumerable<string>> ListActiveSubscriptionIds(string? customer, CancellationToken cancellationToken)
    {
        var listed = customer is null ? [] : await ListSubscriptions(customer, cancellationToken);
        var alive = listed.Where(one => !one.Status.IsOver()).Select(one => one.Id);
        return grain.State.Subscription is { } known && !known.Status.IsOver() ? alive.Union([known.Id]) : alive;
    }

    private Task CloseCheckout(CancellationToken cancellationToken) =>
        grain.State.Checkout?.Id is { } id ? services.Payments.ExpireCheckout(id, cancellationToken) : Task.CompletedTask;

    /// <summary>
    /// When to check the open checkout: at its expiry. By then it was paid and the event may have been lost, or it was
    /// not paid.
    /// </summary>
    private DateTimeOffset? GetCheckoutExpiry(DateTimeOffset now) =>
        grain.State.Checkout is { } checkout && checkout.ExpiresAt > now ? checkout.ExpiresAt : null;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The payment provider does not know the subscription of user {UserId} any more; its last state is kept")]
        public static partial void Gone(ILogger logger, Guid userId);

        [LoggerMessage(LogLevel.Warning, "The subscription of user {UserId} has no price that is listed in STRIPE_PRO_PRICE_ID; it grants nothing")]
        public static partial void NotPro(ILogger logger, Guid userId);
    }
}

namespace GeminiChat.Grains.Subscriptions;

/// <summary>
/// Brings what is stored to what the provider holds, and tells the user's grain. Events only say that it is time: what
/// is read is read after they were stored, so one reading serves all of them.
/// </summary>
internal sealed partial class SubscriptionSynchronizer(
    SubscriptionStateWriter stateWriter, PaymentCustomer paymentCustomer, IUserGrain user, SubscriptionServices services)
{
    private const int MaxEvents = 200;

    private static readonly TimeSpan UnconfiguredCheckDelay = TimeSpan.FromDays(1);

    /// <summary>Whether anything is owed to the user.</summary>
    public async Task<bool> HasPendingWork() => HasPendingWork(await services.Store.Load(stateWriter.UserId, limit: 1));

    /// <summary>Does what is owed at this moment. What is left when it fails stays owed.</summary>
    /// <returns>Whether there was anything to do.</returns>
    public async Task<bool> Synchronize(CancellationToken cancellationToken)
    {
        stateWriter.ThrowIfFenced();
        var work = await services.Store.Load(stateWriter.UserId, MaxEvents);
        if (!HasPendingWork(work))
        {
            return false;
        }

        // What a crash kept from being told does not wait for the provider.
        await NotifyUserGrain();
        try
        {
            await Read(work, cancellationToken);
        }
        catch (PaymentProviderException off) when (off.Fault is PaymentProviderFault.NotConfigured)
        {
            // Events stay for the day that there is a provider again; until then there is nothing to do about them.
            await services.Store.CompleteEvents(stateWriter.UserId, [], services.Now() + UnconfiguredCheckDelay, services.Now());
            return false;
        }

        return true;
    }

    private bool HasPendingWork(SubscriptionWork work) =>
        stateWriter.Current.IsPushPending || !work.Events.IsEmpty || work.NextCheckAt <= services.Now();

    private async Task Read(SubscriptionWork work, CancellationToken cancellationToken)
    {
        if (stateWriter.Current.IsUserDeleted)
        {
            await EndAllForDeletedUser(work, cancellationToken);
            return;
        }

        // Before anything is read: what is due from now on was not seen.
        var now = services.Now();
        var customer = await paymentCustomer.Resolve(work, cancellationToken);
        if (customer is not null && await FindCurrentSubscription(customer, cancellationToken) is { IsNews: true } seen)
        {
            await StoreSubscription(seen.Best);
            await NotifyUserGrain();
            await EndCheckout(cancellationToken);
        }

        var next = Entitlement.GetNextCheck(stateWriter.Current.Subscription, now) ?? GetCheckoutExpiry(now);
        await services.Store.CompleteEvents(stateWriter.UserId, [.. work.Events.Select(one => one.Id)], next, now);
    }

    /// <summary>
    /// The subscription that counts, null for none any more. No news: there has never been one, or the provider does not
    /// know the one that is stored, which then lasts until its own end.
    /// </summary>
    private async Task<(bool IsNews, StoredSubscription? Best)> FindCurrentSubscription(string customer, CancellationToken cancellationToken)
    {
        var best = Entitlement.SelectBest(await ListSubscriptions(customer, cancellationToken));
        if (best is null && stateWriter.Current.Subscription is { } stored)
        {
            best = await services.Payments.ReadSubscription(stored.Id, cancellationToken);
            if (best is null)
            {
                Log.Gone(services.Logger, stateWriter.UserId);
            }
        }

        if (best is { IsPro: false })
        {
            Log.NotPro(services.Logger, stateWriter.UserId);
            return (IsNews: true, null);
        }

        return (best is not null, best is null ? null : StoredSubscription.Of(best));
    }

    /// <summary>The customer's subscriptions; none when the provider does not know the customer any more.</summary>
    private async Task<ImmutableArray<ProviderSubscription>> ListSubscriptions(string customer, CancellationToken cancellationToken)
    {
        try
        {
            return await services.Payments.ListSubscriptions(customer, cancellationToken);
        }
        catch (PaymentProviderException gone) when (gone.Fault is PaymentProviderFault.CustomerMissing)
        {
            return [];
        }
    }

    private async Task StoreSubscription(StoredSubscription? read)
    {
        var before = stateWriter.Current;
        var (tier, validUntil) = Entitlement.Evaluate(read, services.Grace);
        var gives = before.Grant with { Tier = tier, ValidUntil = validUntil };
        if (read == before.Subscription && gives == before.Grant)
        {
            return;
        }

        await stateWriter.Write(before with
        {
            Subscription = read,
            Grant = gives with { Version = before.Grant.Version + 1 },
            IsPushPending = true,
        });
    }

    private async Task NotifyUserGrain()
    {
        if (stateWriter.Current.IsPushPending)
        {
            await user.SetTier(stateWriter.Current.Grant);
            await stateWriter.Write(stateWriter.Current with { IsPushPending = false });
        }
    }

    /// <summary>
    /// With a subscription the checkout has served, or nobody may pay a second time. While the first payment is not made,
    /// the checkout may be the page to make it on. Last, since who has paid does not wait for it.
    /// </summary>
    private async Task EndCheckout(CancellationToken cancellationToken)
    {
        if (stateWriter.Current is { Checkout: not null, Subscription: { Status: not ProviderSubscriptionStatus.Incomplete } known } && !known.Status.IsOver())
        {
            await CloseCheckout(cancellationToken);
            await stateWriter.Write(stateWriter.Current with { Checkout = null });
        }
    }

    /// <summary>Whatever the reader finds alive belongs to a user who is gone.</summary>
    /// <remarks>The row that names the customer goes last: after a crash all of it is done again, to no further effect.</remarks>
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

        await stateWriter.Write(new SubscriptionState { IsUserDeleted = true });
        await services.Store.RemoveUser(stateWriter.UserId);
        paymentCustomer.ClearCache();
    }

    /// <summary>
    /// The subscriptions that are not over: the customer's, and the one that is stored, whose customer may not be known
    /// yet.
    /// </summary>
    private async Task<IEnumerable<string>> ListActiveSubscriptionIds(string? customer, CancellationToken cancellationToken)
    {
        var listed = customer is null ? [] : await ListSubscriptions(customer, cancellationToken);
        var alive = listed.Where(one => !one.Status.IsOver()).Select(one => one.Id);
        return stateWriter.Current.Subscription is { } known && !known.Status.IsOver() ? alive.Union([known.Id]) : alive;
    }

    private Task CloseCheckout(CancellationToken cancellationToken) =>
        stateWriter.Current.Checkout?.Id is { } id ? services.Payments.ExpireCheckout(id, cancellationToken) : Task.CompletedTask;

    /// <summary>By then it has been paid, and the news may have been lost, or it has not.</summary>
    private DateTimeOffset? GetCheckoutExpiry(DateTimeOffset now) =>
        stateWriter.Current.Checkout is { } checkout && checkout.ExpiresAt > now ? checkout.ExpiresAt : null;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The payment provider does not know the subscription of user {UserId} any more; its last state is kept")]
        public static partial void Gone(ILogger logger, Guid userId);

        [LoggerMessage(LogLevel.Warning, "The subscription of user {UserId} has no price that is listed in STRIPE_PRO_PRICE_ID; it gives nothing")]
        public static partial void NotPro(ILogger logger, Guid userId);
    }
}

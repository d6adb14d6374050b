namespace GeminiChat.Grains.Subscriptions;

/// <summary>
/// Brings what is stored to what the provider holds, and tells the user's grain. Events only say that it is time: what
/// is read is read after they were stored, so one reading serves all of them.
/// </summary>
internal sealed partial class SubscriptionReader(
    SubscriptionRecord record, Customers customers, IUserGrain user, SubscriptionServices parts)
{
    private const int MaxEvents = 200;

    private static readonly TimeSpan WithoutProvider = TimeSpan.FromDays(1);

    /// <summary>Whether anything is owed to the user.</summary>
    public async Task<bool> IsOwed() => IsOwed(await parts.Store.Load(record.UserId, limit: 1));

    /// <summary>Does what is owed at this moment. What is left when it fails stays owed.</summary>
    /// <returns>Whether there was anything to do.</returns>
    public async Task<bool> CatchUp(CancellationToken cancellationToken)
    {
        record.ThrowIfLost();
        var work = await parts.Store.Load(record.UserId, MaxEvents);
        if (!IsOwed(work))
        {
            return false;
        }

        // What a crash kept from being told does not wait for the provider.
        await TellUser();
        try
        {
            await Read(work, cancellationToken);
        }
        catch (PaymentsException off) when (off.Fault is PaymentsFault.NotConfigured)
        {
            // Events stay for the day that there is a provider again; until then there is nothing to do about them.
            await parts.Store.Settle(record.UserId, [], parts.Now() + WithoutProvider, parts.Now());
            return false;
        }

        return true;
    }

    private bool IsOwed(SubscriptionWork work) =>
        record.Now.PushPending || !work.Events.IsEmpty || work.CheckAt <= parts.Now();

    private async Task Read(SubscriptionWork work, CancellationToken cancellationToken)
    {
        if (record.Now.IsEnded)
        {
            await EndAll(work, cancellationToken);
            return;
        }

        // Before anything is read: what is due from now on was not seen.
        var now = parts.Now();
        var customer = await customers.Of(work, cancellationToken);
        if (customer is not null && await Look(customer, cancellationToken) is { IsNews: true } seen)
        {
            await Store(seen.Best);
            await TellUser();
            await EndCheckout(cancellationToken);
        }

        var next = Entitlement.NextCheck(record.Now.Subscription, now) ?? OpenCheckoutEnd(now);
        await parts.Store.Settle(record.UserId, [.. work.Events.Select(one => one.Id)], next, now);
    }

    /// <summary>
    /// The subscription that counts, null for none any more. No news: there has never been one, or the provider does not
    /// know the one that is stored, which then lasts until its own end.
    /// </summary>
    private async Task<(bool IsNews, KnownSubscription? Best)> Look(string customer, CancellationToken cancellationToken)
    {
        var best = Entitlement.Best(await List(customer, cancellationToken));
        if (best is null && record.Now.Subscription is { } stored)
        {
            best = await parts.Payments.ReadSubscription(stored.Id, cancellationToken);
            if (best is null)
            {
                Log.Gone(parts.Logger, record.UserId);
            }
        }

        if (best is { IsPro: false })
        {
            Log.NotPro(parts.Logger, record.UserId);
            return (IsNews: true, null);
        }

        return (best is not null, best is null ? null : KnownSubscription.Of(best));
    }

    /// <summary>The customer's subscriptions; none when the provider does not know the customer any more.</summary>
    private async Task<ImmutableArray<PaidSubscription>> List(string customer, CancellationToken cancellationToken)
    {
        try
        {
            return await parts.Payments.ListSubscriptions(customer, cancellationToken);
        }
        catch (PaymentsException gone) when (gone.Fault is PaymentsFault.CustomerMissing)
        {
            return [];
        }
    }

    private async Task Store(KnownSubscription? read)
    {
        var before = record.Now;
        var (tier, validUntil) = Entitlement.Of(read, parts.Grace);
        var gives = before.Grant with { Tier = tier, ValidUntil = validUntil };
        if (read == before.Subscription && gives == before.Grant)
        {
            return;
        }

        await record.Write(before with
        {
            Subscription = read,
            Grant = gives with { Version = before.Grant.Version + 1 },
            PushPending = true,
        });
    }

    private async Task TellUser()
    {
        if (record.Now.PushPending)
        {
            await user.SetTier(record.Now.Grant);
            await record.Write(record.Now with { PushPending = false });
        }
    }

    /// <summary>
    /// With a subscription the checkout has served, or nobody may pay a second time. While the first payment is not made,
    /// the checkout may be the page to make it on. Last, since who has paid does not wait for it.
    /// </summary>
    private async Task EndCheckout(CancellationToken cancellationToken)
    {
        if (record.Now is { Checkout: not null, Subscription: { Status: not PaidStatus.Incomplete } known } && !known.Status.IsOver())
        {
            await CloseCheckout(cancellationToken);
            await record.Write(record.Now with { Checkout = null });
        }
    }

    /// <summary>Whatever the reader finds alive belongs to a user who is gone.</summary>
    /// <remarks>The row that names the customer goes last: after a crash all of it is done again, to no further effect.</remarks>
    private async Task EndAll(SubscriptionWork work, CancellationToken cancellationToken)
    {
        await CloseCheckout(cancellationToken);
        foreach (var id in await Alive(work.CustomerId, cancellationToken))
        {
            await parts.Payments.CancelSubscription(id, cancellationToken);
        }

        if (await customers.OfLeaver(work.CustomerId, cancellationToken) is { } customer)
        {
            await parts.Payments.DeleteCustomer(customer, cancellationToken);
        }

        await record.Write(new SubscriptionState { IsEnded = true });
        await parts.Store.Forget(record.UserId);
        customers.Forget();
    }

    /// <summary>
    /// The subscriptions that are not over: the customer's, and the one that is stored, whose customer may not be known
    /// yet.
    /// </summary>
    private async Task<IEnumerable<string>> Alive(string? customer, CancellationToken cancellationToken)
    {
        var listed = customer is null ? [] : await List(customer, cancellationToken);
        var alive = listed.Where(one => !one.Status.IsOver()).Select(one => one.Id);
        return record.Now.Subscription is { } known && !known.Status.IsOver() ? alive.Union([known.Id]) : alive;
    }

    private Task CloseCheckout(CancellationToken cancellationToken) =>
        record.Now.Checkout?.Id is { } id ? parts.Payments.ExpireCheckout(id, cancellationToken) : Task.CompletedTask;

    /// <summary>By then it has been paid, and the news may have been lost, or it has not.</summary>
    private DateTimeOffset? OpenCheckoutEnd(DateTimeOffset now) =>
        record.Now.Checkout is { } checkout && checkout.ExpiresAt > now ? checkout.ExpiresAt : null;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The payment provider does not know the subscription of user {UserId} any more; its last state is kept")]
        public static partial void Gone(ILogger logger, Guid userId);

        [LoggerMessage(LogLevel.Warning, "The subscription of user {UserId} has no price that is listed in STRIPE_PRO_PRICE_ID; it gives nothing")]
        public static partial void NotPro(ILogger logger, Guid userId);
    }
}

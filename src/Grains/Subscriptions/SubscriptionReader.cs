using GeminiChat.GrainInterfaces.Users;
using Microsoft.Extensions.Logging;

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
            await EndAll(work.CustomerId, cancellationToken);
            return;
        }

        // Before anything is read: what is due from now on was not seen.
        var now = parts.Now();
        var customer = await customers.Of(work, cancellationToken);
        if (customer is not null && await Best(customer, cancellationToken) is { } best)
        {
            await Store(best);
            await TellUser();
            await EndCheckout(cancellationToken);
        }

        var next = Entitlement.NextCheck(record.Now.Subscription, now) ?? OpenCheckoutEnd(now);
        await parts.Store.Settle(record.UserId, [.. work.Events.Select(one => one.Id)], next, now);
    }

    /// <summary>The subscription that counts; null when the provider has none, or has lost the one that is stored.</summary>
    private async Task<KnownSubscription?> Best(string customer, CancellationToken cancellationToken)
    {
        var best = Entitlement.Best(await parts.Payments.ListSubscriptions(customer, cancellationToken));
        if (best is null && record.Now.Subscription is { } stored)
        {
            best = await parts.Payments.ReadSubscription(stored.Id, cancellationToken);
            if (best is null)
            {
                Log.Gone(parts.Logger, record.UserId);
            }
        }

        return best is null ? null : KnownSubscription.Of(best);
    }

    private async Task Store(KnownSubscription read)
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
    /// With a subscription the checkout has served, or nobody may pay a second time. Last, since who has paid does not
    /// wait for it.
    /// </summary>
    private async Task EndCheckout(CancellationToken cancellationToken)
    {
        if (record.Now is { Checkout: not null, Subscription: { } known } && !known.Status.IsOver())
        {
            await CloseCheckout(cancellationToken);
            await record.Write(record.Now with { Checkout = null });
        }
    }

    /// <summary>Whatever the reader finds alive belongs to a user who is gone.</summary>
    private async Task EndAll(string? customer, CancellationToken cancellationToken)
    {
        await CloseCheckout(cancellationToken);
        foreach (var id in await Alive(customer, cancellationToken))
        {
            await parts.Payments.CancelSubscription(id, cancellationToken);
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
        var listed = customer is null ? [] : await parts.Payments.ListSubscriptions(customer, cancellationToken);
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
    }
}

namespace GeminiChat.Grains.Subscriptions;

/// <summary>
/// A user's customer at the provider. The row is stored before the customer is asked for, and is due until it holds
/// one: what a crash leaves half-made is finished, with the same idempotency key, long before the provider forgets it.
/// </summary>
internal sealed class Customers(SubscriptionRecord record, SubscriptionServices parts)
{
    private string? _known;

    /// <summary>The customer as far as the rows know; null when there is none yet.</summary>
    public async Task<string?> Find() => _known ??= (await parts.Store.Load(record.UserId, limit: 1)).CustomerId;

    /// <summary>The customer, made if there is none.</summary>
    /// <param name="checkAt">When the user of a new one is to be looked into next.</param>
    /// <param name="cancellationToken">Ends the wait for the provider.</param>
    public async Task<string> Ensure(DateTimeOffset checkAt, CancellationToken cancellationToken)
    {
        if (await Find() is { } stored)
        {
            return stored;
        }

        await parts.Store.Remind(record.UserId, parts.Now());
        var customer = await OfSubscription(cancellationToken)
            ?? await parts.Payments.CreateCustomer(record.UserId, $"customer:{record.UserId:D}", cancellationToken);
        await parts.Store.SaveCustomer(record.UserId, customer, checkAt);
        return _known = customer;
    }

    /// <summary>The customer of somebody to whom work is owed; null when there has never been one.</summary>
    /// <param name="work">What is owed.</param>
    /// <param name="cancellationToken">Ends the wait for the provider.</param>
    public async Task<string?> Of(SubscriptionWork work, CancellationToken cancellationToken)
    {
        if (work.CustomerId is { } stored)
        {
            return _known = stored;
        }

        // An event found its user by what the provider keeps with the subscription: the row was lost.
        if (work.Events.FirstOrDefault(one => one.CustomerId is not null)?.CustomerId is { } named)
        {
            await parts.Store.SaveCustomer(record.UserId, named, parts.Now());
            return _known = named;
        }

        return work.HasRow || record.Now.Subscription is not null ? await Ensure(parts.Now(), cancellationToken) : null;
    }

    public void Forget() => _known = null;

    // A user may have been moved here with a subscription, and without the customer that has it.
    private async Task<string?> OfSubscription(CancellationToken cancellationToken) => record.Now.Subscription is { } known
        ? (await parts.Payments.ReadSubscription(known.Id, cancellationToken))?.CustomerId
        : null;
}

namespace GeminiChat.Grains.Subscriptions;

/// <summary>
/// A user's customer at the provider. The row is stored before the customer is asked for, and is due until it holds
/// one: what a crash leaves half-made is finished, with the same idempotency key, long before the provider forgets it.
/// </summary>
internal sealed class Customers(Guid userId, SubscriptionServices parts)
{
    private string? _known;

    /// <summary>The customer as far as the rows know; null when there is none yet.</summary>
    public async Task<string?> Find() => _known ??= (await parts.Store.Load(userId, limit: 1)).CustomerId;

    /// <summary>The customer, made if there is none.</summary>
    /// <param name="checkAt">When the user of a new one is to be looked into next.</param>
    /// <param name="cancellationToken">Ends the wait for the provider.</param>
    public async Task<string> Ensure(DateTimeOffset checkAt, CancellationToken cancellationToken)
    {
        if (await Find() is { } known)
        {
            return known;
        }

        await parts.Store.Remind(userId, parts.Now());
        var made = await parts.Payments.CreateCustomer(userId, $"customer:{userId:D}", cancellationToken);
        await parts.Store.SaveCustomer(userId, made, checkAt);
        return _known = made;
    }

    /// <summary>The customer of somebody to whom work is owed; null when there has never been one.</summary>
    /// <param name="work">What is owed.</param>
    /// <param name="known">The subscription as it is stored; null when there is none.</param>
    /// <param name="cancellationToken">Ends the wait for the provider.</param>
    public async Task<string?> Of(SubscriptionWork work, KnownSubscription? known, CancellationToken cancellationToken)
    {
        if (work.CustomerId is { } stored)
        {
            return _known = stored;
        }

        // An event found its user by what the provider keeps with the subscription: the row was lost.
        if (work.Events.FirstOrDefault(one => one.CustomerId is not null)?.CustomerId is { } named)
        {
            await parts.Store.SaveCustomer(userId, named, parts.Now());
            return _known = named;
        }

        // A user may have been moved here with a subscription, and without the customer that has it.
        if (known is not null && await parts.Payments.ReadSubscription(known.Id, cancellationToken) is { } subscription)
        {
            await parts.Store.SaveCustomer(userId, subscription.CustomerId, parts.Now());
            return _known = subscription.CustomerId;
        }

        return work.HasRow ? await Ensure(parts.Now(), cancellationToken) : null;
    }

    public void Forget() => _known = null;
}

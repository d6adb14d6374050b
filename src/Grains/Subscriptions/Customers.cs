namespace GeminiChat.Grains.Subscriptions;

/// <summary>
/// A user's customer at the provider. The row is stored before the customer is asked for, and is due until it holds
/// one: what a crash leaves half-made is finished, with the same idempotency key, long before the provider forgets it.
/// </summary>
internal sealed partial class Customers(SubscriptionRecord record, SubscriptionServices parts)
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
        var customer = await Subscription(cancellationToken) is { } known && !known.Status.IsOver()
            ? known.CustomerId
            : await Create(cancellationToken);
        await parts.Store.SaveCustomer(record.UserId, customer, checkAt);
        return _known = customer;
    }

    /// <summary>Makes another in place of one that the provider does not know any more. Its checkout goes with it.</summary>
    /// <inheritdoc cref="Ensure"/>
    public async Task<string> Replace(string missing, DateTimeOffset checkAt, CancellationToken cancellationToken)
    {
        Log.Missing(parts.Logger, record.UserId);

        // In this order: with the old number the provider would give the old customer again.
        await record.Write(record.Now with { Customers = Math.Max(record.Now.Customers, 1) + 1, Checkout = null });
        await parts.Store.ForgetCustomer(record.UserId, missing);
        Forget();
        return await Ensure(checkAt, cancellationToken);
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

    /// <summary>The customer of a user who leaves; null when there has never been one.</summary>
    /// <param name="stored">What the row says.</param>
    /// <param name="cancellationToken">Ends the wait for the provider.</param>
    /// <remarks>One that was asked for and not answered is asked for again: only so its id is learnt.</remarks>
    public async Task<string?> OfLeaver(string? stored, CancellationToken cancellationToken) => stored
        ?? (await Subscription(cancellationToken))?.CustomerId
        ?? (record.Now.Customers > 0 ? await Create(cancellationToken) : null);

    public void Forget() => _known = null;

    private async Task<string> Create(CancellationToken cancellationToken)
    {
        if (record.Now.Customers == 0)
        {
            await record.Write(record.Now with { Customers = 1 });
        }

        try
        {
            return await Ask(cancellationToken);
        }
        catch (PaymentsException spent) when (spent.IsKeySpent)
        {
            await record.Write(record.Now with { Customers = record.Now.Customers + 1 });
            return await Ask(cancellationToken);
        }
    }

    // The first has the key that earlier versions gave it.
    private Task<string> Ask(CancellationToken cancellationToken)
    {
        var (user, number) = (record.UserId, record.Now.Customers);
        return parts.Payments.CreateCustomer(user, number > 1 ? $"customer:{user:D}:{number}" : $"customer:{user:D}", cancellationToken);
    }

    // A user may have been moved here with a subscription, and without the customer that has it.
    private async Task<PaidSubscription?> Subscription(CancellationToken cancellationToken) => record.Now.Subscription is { } known
        ? await parts.Payments.ReadSubscription(known.Id, cancellationToken)
        : null;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The payment provider does not know the customer of user {UserId} any more; another one is made")]
        public static partial void Missing(ILogger logger, Guid userId);
    }
}

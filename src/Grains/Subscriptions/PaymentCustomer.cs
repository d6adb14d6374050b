namespace GeminiChat.Grains.Subscriptions;

/// <summary>
/// A user's customer at the provider. The row is stored before the customer is created, and stays due until it holds the
/// customer. So a creation that a crash interrupted is completed with the same idempotency key, long before the provider
/// forgets that key.
/// </summary>
internal sealed partial class PaymentCustomer(SubscriptionGrain grain, SubscriptionServices services)
{
    private string? _cachedId;

    /// <summary>The customer according to the rows; null when there is none yet.</summary>
    public async Task<string?> FindId() => _cachedId ??= (await services.Store.Load(grain.UserId, limit: 1)).CustomerId;

    /// <summary>Returns the customer, and creates it if there is none.</summary>
    /// <param name="checkAt">When to check the user of a new customer next.</param>
    /// <param name="cancellationToken">Ends the wait for the provider.</param>
    public async Task<string> GetOrCreate(DateTimeOffset checkAt, CancellationToken cancellationToken)
    {
        if (await FindId() is { } stored)
        {
            return stored;
        }

        await services.Store.ScheduleCheck(grain.UserId, services.Now());
        var customer = await ReadStoredSubscription(cancellationToken) is { } known && !known.Status.IsOver()
            ? known.CustomerId
            : await Create(cancellationToken);
        await services.Store.SaveCustomer(grain.UserId, customer, checkAt);
        return _cachedId = customer;
    }

    /// <summary>
    /// Creates a new customer in place of one that the provider no longer knows. The stored checkout is removed too.
    /// </summary>
    /// <inheritdoc cref="GetOrCreate"/>
    public async Task<string> Replace(string missing, DateTimeOffset checkAt, CancellationToken cancellationToken)
    {
        Log.Missing(services.Logger, grain.UserId);

        // The order matters: with the old number the provider would return the old customer again.
        await grain.Write(grain.State with { CustomerCount = Math.Max(grain.State.CustomerCount, 1) + 1, Checkout = null });
        await services.Store.RemoveCustomer(grain.UserId, missing);
        ClearCache();
        return await GetOrCreate(checkAt, cancellationToken);
    }

    /// <summary>The customer of a user with pending work; null when there has never been one.</summary>
    /// <param name="work">The pending work.</param>
    /// <param name="cancellationToken">Ends the wait for the provider.</param>
    public async Task<string?> Resolve(SubscriptionWork work, CancellationToken cancellationToken)
    {
        if (work.CustomerId is { } stored)
        {
            return _cachedId = stored;
        }

        // The row was lost. The event found its user by the user id that the provider keeps with the subscription.
        if (work.Events.FirstOrDefault(one => one.CustomerId is not null)?.CustomerId is { } named)
        {
            await services.Store.SaveCustomer(grain.UserId, named, services.Now());
            return _cachedId = named;
        }

        return work.HasRow || grain.State.Subscription is not null ? await GetOrCreate(services.Now(), cancellationToken) : null;
    }

    /// <summary>The customer of a deleted user; null when there has never been one.</summary>
    /// <param name="stored">The customer according to the row.</param>
    /// <param name="cancellationToken">Ends the wait for the provider.</param>
    /// <remarks>If a creation got no response, it is repeated, because only that returns the customer's id.</remarks>
    public async Task<string?> ResolveForDeletedUser(string? stored, CancellationToken cancellationToken) => stored
        ?? (await ReadStoredSubscription(cancellationToken))?.CustomerId
        ?? (grain.State.CustomerCount > 0 ? await Create(cancellationToken) : null);

    public void ClearCache() => _cachedId = null;

    private async Task<string> Create(CancellationToken cancellationToken)
    {
        if (grain.State.CustomerCount == 0)
        {
            await grain.Write(grain.State with { CustomerCount = 1 });
        }

        try
        {
            return await CreateAtProvider(cancellationToken);
        }
        catch (PaymentProviderException failure) when (failure.IsIdempotencyKeySpent)
        {
            await grain.Write(grain.State with { CustomerCount = grain.State.CustomerCount + 1 });
            return await CreateAtProvider(cancellationToken);
        }
    }

    // The first customer has the idempotency key that earlier versions used.
    private Task<string> CreateAtProvider(CancellationToken cancellationToken)
    {
        var (user, number) = (grain.UserId, grain.State.CustomerCount);
        return services.Payments.CreateCustomer(user, number > 1 ? $"customer:{user:D}:{number}" : $"customer:{user:D}", cancellationToken);
    }

    // A user may have been migrated with a subscription but without its customer.
    private async Task<ProviderSubscription?> ReadStoredSubscription(CancellationToken cancellationToken) => grain.State.Subscription is { } known
        ? await services.Payments.ReadSubscription(known.Id, cancellationToken)
        : null;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The payment provider does not know the customer of user {UserId} any more; another one is made")]
        public static partial void Missing(ILogger logger, Guid userId);
    }
}

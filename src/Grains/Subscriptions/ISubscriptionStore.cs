namespace GeminiChat.Grains.Subscriptions;

/// <summary>
/// The rows of customers and of the payment provider's events. They record the pending work of each user, so that it is
/// found after a crash.
/// </summary>
/// <remarks>
/// Every method may throw <see cref="StoreUnavailableException"/>. Writes may also throw
/// <see cref="StoreOutcomeUnknownException"/>. Each write is durable when it completes, and is safe to repeat.
/// </remarks>
public interface ISubscriptionStore
{
    /// <summary>A user's row, and the unprocessed events, at most <paramref name="limit"/> of them.</summary>
    Task<SubscriptionWork> Load(Guid userId, int limit);

    /// <summary>
    /// Schedules a check of the user for this time, unless an earlier one is scheduled. Creates the row if needed.
    /// </summary>
    Task ScheduleCheck(Guid userId, DateTimeOffset at);

    /// <summary>Stores a user's customer, and schedules a check of the user for this time.</summary>
    Task SaveCustomer(Guid userId, string customerId, DateTimeOffset checkAt);

    /// <summary>Removes a user's customer from the row, if it is this one. The row stays.</summary>
    Task RemoveCustomer(Guid userId, string customerId);

    /// <summary>Marks events as processed and sets the time of the user's next check; null for none.</summary>
    Task CompleteEvents(Guid userId, ImmutableArray<string> eventIds, DateTimeOffset? checkAt, DateTimeOffset now);

    /// <summary>Removes all rows of a user.</summary>
    Task RemoveUser(Guid userId);

    /// <summary>
    /// Finds the user of an event: the user with that customer, otherwise the user with that id, if one exists.
    /// </summary>
    Task<Guid?> FindUser(string? customerId, Guid? userId);

    /// <summary>Stores an event as unprocessed.</summary>
    /// <returns>False when the event is already stored.</returns>
    Task<bool> AddEvent(string eventId, Guid userId, string? customerId, DateTimeOffset now);

    /// <summary>Lists the users with pending work, in the order of their ids.</summary>
    /// <param name="now">The current time: work that is due at this time is included.</param>
    /// <param name="after">Only users with a higher id.</param>
    /// <param name="limit">The maximum number of users.</param>
    Task<ImmutableArray<Guid>> ListUsersWithWork(DateTimeOffset now, Guid after, int limit);

    /// <summary>Removes at most <paramref name="limit"/> processed events that arrived before this time.</summary>
    /// <returns>Whether there were any.</returns>
    Task<bool> RemoveCompletedEvents(DateTimeOffset before, int limit);
}

/// <summary>The rows of a user.</summary>
/// <param name="HasRow">Whether the row of a customer exists. It exists before the customer is created.</param>
/// <param name="CustomerId">The customer; null until it is created.</param>
/// <param name="NextCheckAt">When to check the user without an event; null for never.</param>
/// <param name="Events">Unprocessed events.</param>
public sealed record SubscriptionWork(
    bool HasRow, string? CustomerId, DateTimeOffset? NextCheckAt, ImmutableArray<UnprocessedEvent> Events);

/// <summary>An unprocessed event.</summary>
/// <param name="Id">The provider's id of the event.</param>
/// <param name="CustomerId">The customer, when the event names one.</param>
public sealed record UnprocessedEvent(string Id, string? CustomerId);

namespace GeminiChat.Grains.Subscriptions;

/// <summary>
/// The rows of customers and of the payment provider's events. They say what is owed to whom, so that it is found after
/// a crash.
/// </summary>
/// <remarks>
/// Every method may throw <see cref="StoreUnavailableException"/>, the writes also
/// <see cref="StoreOutcomeUnknownException"/>. Each write is durable when it completes, and may be repeated.
/// </remarks>
public interface ISubscriptionStore
{
    /// <summary>A user's row, and the events that are not done, at most <paramref name="limit"/> of them.</summary>
    Task<SubscriptionWork> Load(Guid userId, int limit);

    /// <summary>Has the user looked into at this time, or earlier if that is settled already. Makes the row.</summary>
    Task ScheduleCheck(Guid userId, DateTimeOffset at);

    /// <summary>Keeps a user's customer, and has the user looked into at this time.</summary>
    Task SaveCustomer(Guid userId, string customerId, DateTimeOffset checkAt);

    /// <summary>Forgets a user's customer, if it is this one, and keeps the row.</summary>
    Task RemoveCustomer(Guid userId, string customerId);

    /// <summary>The events are done, and the next look into the user is at this time; null for none.</summary>
    Task CompleteEvents(Guid userId, ImmutableArray<string> eventIds, DateTimeOffset? checkAt, DateTimeOffset now);

    /// <summary>Removes all that is kept about a user.</summary>
    Task RemoveUser(Guid userId);

    /// <summary>Whom an event is about: the one with that customer, or else that user, if there is such a one.</summary>
    Task<Guid?> FindUser(string? customerId, Guid? userId);

    /// <summary>Keeps an event as not done.</summary>
    /// <returns>False when it is kept already.</returns>
    Task<bool> AddEvent(string eventId, Guid userId, string? customerId, DateTimeOffset now);

    /// <summary>The users to whom work is owed, in the order of their ids.</summary>
    /// <param name="now">What is due at this time counts.</param>
    /// <param name="after">Only users beyond this id.</param>
    /// <param name="limit">The most users.</param>
    Task<ImmutableArray<Guid>> ListUsersWithWork(DateTimeOffset now, Guid after, int limit);

    /// <summary>Removes events that are done and came before this time, at most so many.</summary>
    /// <returns>Whether there were any.</returns>
    Task<bool> RemoveCompletedEvents(DateTimeOffset before, int limit);
}

/// <summary>What the rows say about a user.</summary>
/// <param name="HasRow">Whether a customer was begun or is there.</param>
/// <param name="CustomerId">The customer; null until it is made.</param>
/// <param name="NextCheckAt">When the user is to be looked into unasked; null for never.</param>
/// <param name="Events">Events that are not done.</param>
public sealed record SubscriptionWork(
    bool HasRow, string? CustomerId, DateTimeOffset? NextCheckAt, ImmutableArray<UnprocessedEvent> Events);

/// <summary>An event that is not done.</summary>
/// <param name="Id">The provider's id of it.</param>
/// <param name="CustomerId">The customer, when it names one.</param>
public sealed record UnprocessedEvent(string Id, string? CustomerId);

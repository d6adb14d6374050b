namespace GeminiChat.Grains.Users;

/// <summary>
/// The list of numbers that may have to be forgotten because nobody has verified them, by their grain keys: each is looked
/// at when its time has come, also after a restart.
/// </summary>
/// <remarks>
/// Every method may throw <see cref="StoreUnavailableException"/>; writes also
/// <see cref="StoreOutcomeUnknownException"/>.
/// </remarks>
public interface IUnverifiedNumberStore
{
    /// <summary>Lists a number, or gives the one there a new time. Durable when it completes. Safe to repeat.</summary>
    Task ScheduleExpiry(string phoneKey, DateTimeOffset expiresAt);

    /// <summary>Takes a number off the list. Durable when it completes. Safe to repeat.</summary>
    Task Remove(string phoneKey);

    /// <summary>Numbers whose time has come, in the order of their keys.</summary>
    /// <param name="now">The time.</param>
    /// <param name="after">Only numbers beyond this key; empty for all.</param>
    /// <param name="limit">The most numbers.</param>
    Task<ImmutableArray<string>> ListExpired(DateTimeOffset now, string after, int limit);
}

namespace GeminiChat.Grains.Users;

/// <summary>
/// The list of phone numbers, by their grain keys, that may have to be erased because they were not verified. Each number
/// is checked when its time has come, also after a restart.
/// </summary>
/// <remarks>
/// Every method may throw <see cref="StoreUnavailableException"/>. Writes may also throw
/// <see cref="StoreOutcomeUnknownException"/>.
/// </remarks>
public interface IUnverifiedNumberStore
{
    /// <summary>Lists a number, or sets a new time if it is listed. Durable when it completes. Safe to repeat.</summary>
    Task ScheduleExpiry(string phoneKey, DateTimeOffset expiresAt);

    /// <summary>Removes a number from the list. Durable when it completes. Safe to repeat.</summary>
    Task Remove(string phoneKey);

    /// <summary>Numbers whose time has come, in the order of their keys.</summary>
    /// <param name="now">The current time.</param>
    /// <param name="after">Only numbers with a higher key; empty for all.</param>
    /// <param name="limit">The maximum number of results.</param>
    Task<ImmutableArray<string>> ListExpired(DateTimeOffset now, string after, int limit);
}

using GeminiChat.Grains.Subscriptions;

namespace GeminiChat.Grains.Users;

/// <summary>The durable rows of users, and the list of their rooms.</summary>
/// <remarks>
/// Every method may throw <see cref="StoreUnavailableException"/>. Writes may also throw
/// <see cref="StoreOutcomeUnknownException"/>.
/// </remarks>
public interface IUserStore
{
    /// <summary>Reads a user's row; null when there is none, or the user has been deleted.</summary>
    Task<UserProfile?> Load(Guid userId);

    /// <summary>
    /// Inserts a user's row, or sets the new name if the row exists; false when the user has been deleted. Durable when
    /// it completes.
    /// </summary>
    Task<bool> Save(UserProfile user);

    /// <summary>
    /// Inserts a new user's row as <see cref="Save"/> does. The usage that is kept for former users
    /// (<see cref="MoveToFormerUsage"/>) counts for this user from then on. Durable when it completes. Safe to repeat.
    /// </summary>
    /// <param name="user">The user.</param>
    /// <param name="usageKey">The key of the user's number or identity.</param>
    Task<bool> Create(UserProfile user, string usageKey);

    /// <summary>Reads a user's tier, and how many replies of a UTC day are used.</summary>
    Task<StoredQuota> LoadQuota(Guid userId, DateOnly day);

    /// <summary>
    /// Stores a user's tier. False when that version or a newer one is stored, or the user does not exist. Durable when
    /// it completes.
    /// </summary>
    Task<bool> SetTier(Guid userId, TierGrant grant);

    /// <summary>All rooms of a user, in no particular order.</summary>
    Task<ImmutableArray<RoomSummary>> LoadRooms(Guid userId);

    /// <summary>
    /// Deletes a user for good. The user no longer exists and cannot get new rooms, although the rows still exist.
    /// Durable when it completes. Safe to repeat.
    /// </summary>
    Task Delete(Guid userId, DateTimeOffset now);

    /// <summary>Finds a deleted user; null when the user has not been deleted.</summary>
    Task<DeletedUser?> FindDeletedUser(Guid userId);

    /// <summary>
    /// Moves a deleted user's usage, which no longer changes, from the user to the number or identity. It moves the usage of this
    /// day, and of later days if another process's clock is ahead. Durable when it completes. Safe to repeat.
    /// </summary>
    /// <param name="userId">The deleted user.</param>
    /// <param name="usageKey">The key of the user's number or identity.</param>
    /// <param name="today">The UTC day.</param>
    Task MoveToFormerUsage(Guid userId, string usageKey, DateOnly today);

    /// <summary>Removes the usage of earlier days that <see cref="MoveToFormerUsage"/> has kept.</summary>
    Task RemoveFormerUsage(DateOnly today);

    /// <summary>Deleted users that are not completely erased, in the order of their ids.</summary>
    /// <param name="after">Only users with a higher id.</param>
    /// <param name="limit">The maximum number of users.</param>
    Task<ImmutableArray<Guid>> ListDeletedUsers(Guid after, int limit);

    /// <summary>
    /// Removes profile and usage of a deleted user; false while the user has rooms. Durable when it completes. Safe to
    /// repeat.
    /// </summary>
    Task<bool> Erase(Guid userId);
}

/// <summary>A deleted user.</summary>
/// <param name="DeletedAt">When the user was deleted.</param>
/// <param name="IsErased">Whether nothing is left of the user; then number and identity are not known.</param>
/// <param name="MobileNumber">E.164; null when there is none.</param>
/// <param name="IdentityKey">See <see cref="UserProfile"/>.</param>
public sealed record DeletedUser(DateTimeOffset DeletedAt, bool IsErased, string? MobileNumber, string? IdentityKey);

/// <summary>A user's tier and usage, as read from the store.</summary>
/// <param name="Grant">The newest tier that was stored; Basic with version 0 when there is none.</param>
/// <param name="Used">Replies of the day, without those given back.</param>
/// <param name="Refunded">Replies of the day that were given back.</param>
/// <param name="IsDeleted">Whether the user has been deleted.</param>
/// <param name="SearchQueries">Web searches that the model has made for replies of the day.</param>
public sealed record StoredQuota(TierGrant Grant, int Used, int Refunded = 0, bool IsDeleted = false, int SearchQueries = 0)
{
    /// <summary>The day's usage as it is shown to the user, at a time of that day.</summary>
    public DailyUsage UsageAt(DateTimeOffset now, TierOptions limits)
    {
        var tier = Grant.TierAt(now);
        var resetsAt = new DateTimeOffset(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        return new DailyUsage(
            tier, limits.Of(tier).DailyMessages, Used, resetsAt, Used + Refunded, SearchQueries, limits.Of(tier).SearchQueries);
    }
}

using GeminiChat.Grains.Subscriptions;

namespace GeminiChat.Grains.Users;

/// <summary>The durable rows of users, and the list of their rooms.</summary>
/// <remarks>
/// Every method may throw <see cref="StoreUnavailableException"/>; writes also
/// <see cref="StoreOutcomeUnknownException"/>.
/// </remarks>
public interface IUserStore
{
    /// <summary>Reads a user's row; null when there is none, or the user has been deleted.</summary>
    Task<UserProfile?> Load(Guid userId);

    /// <summary>
    /// Inserts a user's row, or gives the one there the new name; false when the user has been deleted. Durable when it
    /// completes.
    /// </summary>
    Task<bool> Save(UserProfile user);

    /// <summary>
    /// Inserts a new user's row as <see cref="Save"/> does. What is kept of the number's former users
    /// (<see cref="MoveToFormerUsage"/>) counts for this one from then on. Durable when it completes. Safe to repeat.
    /// </summary>
    Task<bool> Create(UserProfile user, PhoneKey number);

    /// <summary>Reads a user's tier, and how many replies of a UTC day are used.</summary>
    Task<StoredQuota> LoadQuota(Guid userId, DateOnly day);

    /// <summary>
    /// Stores a user's tier. False when that version or a newer one is stored, or there is no such user. Durable when it
    /// completes.
    /// </summary>
    Task<bool> SetTier(Guid userId, TierGrant grant);

    /// <summary>All rooms of a user, in no order.</summary>
    Task<ImmutableArray<RoomSummary>> LoadRooms(Guid userId);

    /// <summary>
    /// Deletes a user for good: absent from now on, and without new rooms, though the rows are still there. Durable when
    /// it completes. Safe to repeat.
    /// </summary>
    Task Delete(Guid userId, DateTimeOffset now);

    /// <summary>The number of a deleted user, E.164; null when there is none, or all has been erased.</summary>
    Task<string?> FindNumberOfDeletedUser(Guid userId);

    /// <summary>
    /// Moves a deleted user's usage, which is final, from the user to the number: of this day, and of later ones by another
    /// clock. Durable when it completes. Safe to repeat.
    /// </summary>
    Task MoveToFormerUsage(Guid userId, PhoneKey number, DateOnly today);

    /// <summary>Removes what <see cref="MoveToFormerUsage"/> has kept of the days before this one.</summary>
    Task RemoveFormerUsage(DateOnly today);

    /// <summary>Deleted users of whom something is left, in the order of their ids.</summary>
    /// <param name="after">Only users beyond this id.</param>
    /// <param name="limit">The most users.</param>
    Task<ImmutableArray<Guid>> ListDeletedUsers(Guid after, int limit);

    /// <summary>
    /// Removes profile and usage of a deleted user; false while there are rooms. Durable when it completes. Safe to
    /// repeat.
    /// </summary>
    Task<bool> Erase(Guid userId);
}

/// <summary>What a user may do, as read from the store.</summary>
/// <param name="Grant">The newest tier that has arrived; Basic with version 0 when none has.</param>
/// <param name="Used">Replies of the day, without those given back.</param>
/// <param name="Refunded">Replies of the day that were given back.</param>
/// <param name="IsDeleted">Whether the user has been deleted.</param>
public sealed record StoredQuota(TierGrant Grant, int Used, int Refunded = 0, bool IsDeleted = false)
{
    /// <summary>The day's use as it is told to the user, at a moment of that day.</summary>
    public DailyUsage UsageAt(DateTimeOffset now, DailyQuotaOptions limits)
    {
        var tier = Grant.TierAt(now);
        var resetsAt = new DateTimeOffset(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        return new DailyUsage(tier, limits.Of(tier), Used, resetsAt, Used + Refunded);
    }
}

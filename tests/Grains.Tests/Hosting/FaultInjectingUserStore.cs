using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Users;

namespace GeminiChat.Grains.Tests.Hosting;

/// <summary>The real store of users, with outages where the test wants them.</summary>
public sealed class FaultInjectingUserStore(IUserStore real) : IUserStore
{
    /// <summary>Whether the database is away for reads.</summary>
    public bool IsUnavailable { get; set; }

    public Task<UserProfile?> Load(Guid userId) =>
        IsUnavailable ? throw new StoreUnavailableException("as the test wishes") : real.Load(userId);

    public Task<bool> Save(UserProfile user) => real.Save(user);

    /// <summary>Runs in place of the next insertion of a user, which it gets.</summary>
    public Func<Func<Task<bool>>, Task<bool>>? NextCreate { get; set; }

    public Task<bool> Create(UserProfile user, string usageKey)
    {
        var spoiler = NextCreate;
        NextCreate = null;
        return spoiler is null ? real.Create(user, usageKey) : spoiler(() => real.Create(user, usageKey));
    }

    /// <summary>Runs in place of the next keeping of a user's usage, which it gets.</summary>
    public Func<Func<Task>, Task>? NextKeep { get; set; }

    public Task MoveToFormerUsage(Guid userId, string usageKey, DateOnly today)
    {
        var spoiler = NextKeep;
        NextKeep = null;
        return spoiler is null ? real.MoveToFormerUsage(userId, usageKey, today) : spoiler(() => real.MoveToFormerUsage(userId, usageKey, today));
    }

    public Task RemoveFormerUsage(DateOnly today) => real.RemoveFormerUsage(today);

    /// <summary>Runs in place of the next setting of a tier, which it gets.</summary>
    public Func<Func<Task<bool>>, Task<bool>>? NextSetTier { get; set; }

    public Task<StoredQuota> LoadQuota(Guid userId, DateOnly day) => real.LoadQuota(userId, day);

    public Task<bool> SetTier(Guid userId, TierGrant grant)
    {
        var spoiler = NextSetTier;
        NextSetTier = null;
        return spoiler is null ? real.SetTier(userId, grant) : spoiler(() => real.SetTier(userId, grant));
    }

    /// <summary>Runs in place of the next reading of a user's rooms, which it gets.</summary>
    public Func<Func<Task<ImmutableArray<RoomSummary>>>, Task<ImmutableArray<RoomSummary>>>? NextLoadRooms { get; set; }

    public Task<ImmutableArray<RoomSummary>> LoadRooms(Guid userId)
    {
        var spoiler = NextLoadRooms;
        NextLoadRooms = null;
        return spoiler is null ? real.LoadRooms(userId) : spoiler(() => real.LoadRooms(userId));
    }

    /// <summary>Runs in place of the next deletion of a user, which it gets.</summary>
    public Func<Func<Task>, Task>? NextDelete { get; set; }

    public Task Delete(Guid userId, DateTimeOffset now)
    {
        var spoiler = NextDelete;
        NextDelete = null;
        return spoiler is null ? real.Delete(userId, now) : spoiler(() => real.Delete(userId, now));
    }

    /// <summary>Runs before the number of a deleted user is read, which begins the erasure.</summary>
    public Func<Task>? BeforeNumber { get; set; }

    public async Task<DeletedUser?> FindDeletedUser(Guid userId)
    {
        await (BeforeNumber?.Invoke() ?? Task.CompletedTask);
        return await real.FindDeletedUser(userId);
    }

    /// <summary>Runs before the last rows of a user are removed.</summary>
    public Func<Task>? BeforeErase { get; set; }

    public Task<ImmutableArray<Guid>> ListDeletedUsers(Guid after, int limit) => real.ListDeletedUsers(after, limit);

    public async Task<bool> Erase(Guid userId)
    {
        await (BeforeErase?.Invoke() ?? Task.CompletedTask);
        return await real.Erase(userId);
    }
}

using System.Collections.Immutable;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Users;

namespace GeminiChat.Grains.Tests.Hosting;

/// <summary>The real store of users, with outages where the test wants them.</summary>
public sealed class SpoiltUsers(IUserStore real) : IUserStore
{
    /// <summary>Whether the database is away for reads.</summary>
    public bool IsAway { get; set; }

    public Task<UserProfile?> Load(Guid userId) =>
        IsAway ? throw new StoreUnavailableException("as the test wishes") : real.Load(userId);

    public Task Save(UserProfile user) => real.Save(user);

    /// <summary>Runs in place of the next setting of a tier, which it gets.</summary>
    public Func<Func<Task<bool>>, Task<bool>>? NextSetTier { get; set; }

    public Task<StoredAllowance> LoadAllowance(Guid userId, DateOnly day) => real.LoadAllowance(userId, day);

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
}

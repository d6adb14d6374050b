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

    public Task<ImmutableArray<RoomSummary>> LoadRooms(Guid userId) => real.LoadRooms(userId);
}

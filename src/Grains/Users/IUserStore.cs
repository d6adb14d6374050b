using System.Collections.Immutable;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Grains.Users;

/// <summary>The durable rows of users, and the list of their rooms.</summary>
/// <remarks>
/// Every method may throw <see cref="StoreUnavailableException"/>; the write also
/// <see cref="StoreOutcomeUnknownException"/>.
/// </remarks>
public interface IUserStore
{
    /// <summary>Reads a user's row; null when there is none.</summary>
    Task<UserProfile?> Load(Guid userId);

    /// <summary>Inserts a user's row, or gives the one there the new name. Durable when it completes.</summary>
    Task Save(UserProfile user);

    /// <summary>All rooms of a user, in no order.</summary>
    Task<ImmutableArray<RoomSummary>> LoadRooms(Guid userId);
}

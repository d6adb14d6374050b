namespace GeminiChat.Grains.Chatrooms;

/// <summary>The durable rows of shares. The row of a room takes those of its shares with it when it is deleted.</summary>
/// <remarks>
/// Every method may throw <see cref="StoreUnavailableException"/>. Writes may also throw
/// <see cref="StoreOutcomeUnknownException"/>. They are durable when they complete, and safe to repeat.
/// </remarks>
public interface IShareStore
{
    /// <summary>
    /// Inserts a share; false when its id is known, when the room or the user has been deleted, or when the room has
    /// <see cref="IShareGrain.MaxShares"/>.
    /// </summary>
    Task<bool> Create(RoomShare share);

    /// <summary>Reads a share, also one that has ended; null when there is none.</summary>
    Task<RoomShare?> Find(Guid shareId);

    /// <summary>Reads an active share, of a user who has not been deleted; null when there is none.</summary>
    Task<RoomShare?> FindByToken(string tokenHash, DateTimeOffset now);

    /// <summary>Reads the active shares of a room; null when there is no such room.</summary>
    Task<ImmutableArray<RoomShare>?> List(RoomKey room, DateTimeOffset now);

    /// <summary>Ends a share and erases its name; false when there is none.</summary>
    Task<bool> End(RoomKey room, Guid shareId, DateTimeOffset now);

    /// <summary>Removes shares that ended or expired before a time.</summary>
    Task RemoveEnded(DateTimeOffset endedBefore);
}

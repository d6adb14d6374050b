namespace GeminiChat.Grains.Users;

/// <summary>
/// The durable rows of files. A file that no message has any more is erased with the last of its rooms, by the write that deletes
/// the room (<see cref="Chatrooms.IRoomStore.Delete"/>).
/// </summary>
/// <remarks>
/// Every method may throw <see cref="StoreUnavailableException"/>. Writes may also throw
/// <see cref="StoreOutcomeUnknownException"/>. They are durable when they complete, and safe to repeat.
/// </remarks>
public interface IFileStore
{
    /// <summary>Records that bytes must be erased at a given time, unless their file has been added by then.</summary>
    Task BeginUpload(Guid userId, Guid fileId, DateTimeOffset eraseAt);

    /// <summary>Removes that record, unless the time has come.</summary>
    Task CancelUpload(Guid userId, Guid fileId, DateTimeOffset now);

    /// <summary>How many bytes a user may still store; as many as one likes for a key that is known.</summary>
    Task<long> MeasureFreeSpace(Guid userId, string? idempotencyKey, TierOptions limits, DateTimeOffset now);

    /// <summary>Inserts a file's row, if the limit of the user's tier allows it and its bytes are not due to be erased.</summary>
    Task<AddFileOutcome> Add(Guid userId, UserFile file, string? idempotencyKey, TierOptions limits);

    /// <summary>Reads the files with these ids, in any order. Those that the user does not have are left out.</summary>
    Task<ImmutableArray<UserFile>> Find(Guid userId, ImmutableArray<Guid> ids);

    /// <summary>Reads files in the order of their ids.</summary>
    Task<ImmutableArray<UserFile>> List(Guid userId, Guid after, int limit);

    /// <summary>Deletes the row of a file that no message has. Its bytes are erased soon after.</summary>
    Task<DeleteFileOutcome> Delete(Guid userId, Guid fileId);
}

using Orleans.Concurrency;

namespace GeminiChat.GrainInterfaces.Users;

/// <summary>The rows of a user's files. The bytes are in the file storage, which the gateways write and read.</summary>
public partial interface IUserGrain
{
    /// <summary>
    /// Records that the bytes of a new file will be stored, so that they are found and deleted if the upload is interrupted. To
    /// be called before they are stored. Safe to repeat.
    /// </summary>
    /// <param name="fileId">The new file's id.</param>
    /// <param name="idempotencyKey">The key of the request; null for none.</param>
    /// <returns>
    /// How many bytes the user may still store; null when the user does not exist. A file that is known by its key takes no more space.
    /// </returns>
    [AlwaysInterleave, Alias("BeginUpload")]
    Task<long?> BeginUpload(Guid fileId, string? idempotencyKey);

    /// <summary>Removes the record of an upload that has left no bytes. Safe to repeat.</summary>
    [AlwaysInterleave, Alias("CancelUpload")]
    Task CancelUpload(Guid fileId);

    /// <summary>Adds a file whose bytes are stored. Durable when the call returns. Safe to repeat.</summary>
    /// <param name="file">The file.</param>
    /// <param name="idempotencyKey">The key of the request; null for none. Keys are kept as long as their files.</param>
    [AlwaysInterleave, Alias("AddFile")]
    Task<AddFileOutcome> AddFile(UserFile file, string? idempotencyKey);

    /// <summary>Finds a file; null when the user has none with this id.</summary>
    [AlwaysInterleave, Alias("FindFile")]
    Task<UserFile?> FindFile(Guid fileId);

    /// <summary>Lists files in the order of their ids.</summary>
    /// <param name="after">Only files with a higher id; <see cref="Guid.Empty"/> for the first page.</param>
    /// <param name="limit">The maximum number of files.</param>
    [AlwaysInterleave, Alias("ListFiles")]
    Task<ImmutableArray<UserFile>> ListFiles(Guid after, int limit);

    /// <summary>
    /// Deletes a file that no message has. When the call returns, this is durable. The bytes are deleted soon after. Safe to repeat.
    /// </summary>
    [AlwaysInterleave, Alias("DeleteFile")]
    Task<DeleteFileOutcome> DeleteFile(Guid fileId);

    /// <summary>The maximum number of a user's files.</summary>
    const int MaxFiles = 10_000;
}

/// <summary>A file of a user.</summary>
/// <param name="Id">The file's id.</param>
/// <param name="Name">1 to 255 code units, without path.</param>
/// <param name="MediaType">What the bytes say, as an IANA media type.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">The SHA-256 of the bytes in hexadecimal digits.</param>
/// <param name="CreatedAt">When it was uploaded, to the millisecond.</param>
[GenerateSerializer, Immutable, Alias("geminichat.UserFile")]
public sealed record UserFile(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string Name,
    [property: Id(2)] string MediaType,
    [property: Id(3)] long Size,
    [property: Id(4)] string Sha256,
    [property: Id(5)] DateTimeOffset CreatedAt)
{
    /// <summary>The media type of all text, source code included.</summary>
    public const string PlainText = "text/plain";

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(UserFile);
}

/// <summary>The outcome of adding a file.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.AddFileOutcome")]
public abstract record AddFileOutcome
{
    private AddFileOutcome() { }

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public sealed override string ToString() => GetType().Name;

    /// <summary>The file exists. A repeat with the key gets the file of the first request, which has another id.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.AddFileOutcome.Added")]
    public sealed record Added([property: Id(0)] UserFile File) : AddFileOutcome;

    /// <summary>The key belongs to a file with another name or other bytes.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.AddFileOutcome.KeyReused")]
    public sealed record KeyReused : AddFileOutcome;

    /// <summary>The user's files would take more than the tier allows, or be more than <see cref="IUserGrain.MaxFiles"/>.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.AddFileOutcome.StorageFull")]
    public sealed record StorageFull : AddFileOutcome;

    /// <summary>The user does not exist.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.AddFileOutcome.UserAbsent")]
    public sealed record UserAbsent : AddFileOutcome;
}

/// <summary>The outcome of deleting a file.</summary>
public enum DeleteFileOutcome
{
    /// <summary>The file has been deleted.</summary>
    Deleted = 0,

    /// <summary>A message has the file. It is deleted with the last room that has it.</summary>
    InUse = 1,

    /// <summary>The user has no such file.</summary>
    Absent = 2,
}

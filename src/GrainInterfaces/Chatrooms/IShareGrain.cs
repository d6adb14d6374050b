namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>
/// Shares of rooms: everybody with the token of a share may read the branch that the room showed when the share was made. Any
/// key; it owns nothing, so an unknown token leaves no activation behind.
/// </summary>
/// <remarks>
/// Everything is read from the store. Each method may throw <see cref="StoreUnavailableException"/> (nothing was stored) or
/// <see cref="StoreOutcomeUnknownException"/>, and is safe to repeat.
/// </remarks>
[Alias("geminichat.IShareGrain")]
public interface IShareGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Shares the branch that a room shows now. Durable when the call returns. A repeat with the same id gets the same share,
    /// whatever has been said in the room since.
    /// </summary>
    [Alias("Create")]
    Task<CreateShareOutcome> Create(RoomKey room, NewShare share);

    /// <summary>The active shares of a room, in no particular order; null when there is no such room.</summary>
    [Alias("List")]
    Task<ImmutableArray<RoomShare>?> List(RoomKey room);

    /// <summary>
    /// Ends a share. When the call returns, this is durable, and <see cref="Find"/> does not find the share any more.
    /// </summary>
    /// <returns>False when the room has no such share.</returns>
    [Alias("End")]
    Task<bool> End(RoomKey room, Guid shareId);

    /// <summary>
    /// Finds a share by the hash of its token; null when there is none, when it has ended or expired, or when its room or its
    /// user has been deleted.
    /// </summary>
    [Alias("Find")]
    Task<RoomShare?> Find(string tokenHash);

    /// <summary>The maximum number of a room's active shares.</summary>
    const int MaxShares = 100;
}

/// <summary>A share to make.</summary>
/// <param name="Id">The id, chosen by the caller.</param>
/// <param name="TokenHash">The SHA-256 of the token in hexadecimal digits.</param>
/// <param name="CreatedAt">The time of the request, to the millisecond.</param>
/// <param name="ExpiresAt">When the share ends, to the millisecond; null for never.</param>
[GenerateSerializer, Immutable, Alias("geminichat.NewShare")]
public sealed record NewShare(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string TokenHash,
    [property: Id(2)] DateTimeOffset CreatedAt,
    [property: Id(3)] DateTimeOffset? ExpiresAt)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(NewShare);
}

/// <summary>A share.</summary>
/// <param name="Id">The share's id.</param>
/// <param name="TokenHash">The SHA-256 of the token in hexadecimal digits.</param>
/// <param name="Room">The room.</param>
/// <param name="LastId">The last message of the branch.</param>
/// <param name="Name">The room's name when it was shared; empty when the share was ended.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends or was ended; null for never.</param>
/// <param name="IsEnded">Whether the user has ended it.</param>
[GenerateSerializer, Immutable, Alias("geminichat.RoomShare")]
public sealed record RoomShare(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string TokenHash,
    [property: Id(2)] RoomKey Room,
    [property: Id(3)] long LastId,
    [property: Id(4)] string Name,
    [property: Id(5)] DateTimeOffset CreatedAt,
    [property: Id(6)] DateTimeOffset? ExpiresAt = null,
    [property: Id(7)] bool IsEnded = false)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(RoomShare);
}

/// <summary>The outcome of sharing a room.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.CreateShareOutcome")]
public abstract record CreateShareOutcome
{
    private CreateShareOutcome() { }

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public sealed override string ToString() => GetType().Name;

    /// <summary>The share exists, made by this request or an earlier one.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CreateShareOutcome.Created")]
    public sealed record Created([property: Id(0)] RoomShare Share) : CreateShareOutcome;

    /// <summary>The share of this id has ended or expired.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CreateShareOutcome.Ended")]
    public sealed record Ended : CreateShareOutcome;

    /// <summary>The id belongs to a share with another expiry.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CreateShareOutcome.KeyReused")]
    public sealed record KeyReused : CreateShareOutcome;

    /// <summary>The room has <see cref="IShareGrain.MaxShares"/> shares.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CreateShareOutcome.TooManyShares")]
    public sealed record TooManyShares : CreateShareOutcome;

    /// <summary>The share would have ended before it began.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CreateShareOutcome.AlreadyExpired")]
    public sealed record AlreadyExpired : CreateShareOutcome;

    /// <summary>The room has no messages.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CreateShareOutcome.RoomEmpty")]
    public sealed record RoomEmpty : CreateShareOutcome;

    /// <summary>A reply of the shown branch is still being written.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CreateShareOutcome.ReplyPending")]
    public sealed record ReplyPending : CreateShareOutcome;

    /// <summary>The user has no such room.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CreateShareOutcome.RoomAbsent")]
    public sealed record RoomAbsent : CreateShareOutcome;
}

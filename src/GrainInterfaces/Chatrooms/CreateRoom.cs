namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>A room to create.</summary>
/// <param name="Name">1 to 200 code units.</param>
/// <param name="SystemPrompt">Instructions to the model for every turn, at most 8,000 code units; null for none.</param>
/// <param name="IsUntitled">
/// Whether the user gave no name. If so, the first exchange creates a title that replaces <paramref name="Name"/>.
/// </param>
/// <param name="IsTemporary">Whether the room is in no list and no search, and is deleted a day after its last use.</param>
/// <param name="Copy">The messages that the room begins with; null for none.</param>
/// <param name="Options">How replies are made unless a request says otherwise; null for the service's defaults.</param>
[GenerateSerializer, Immutable, Alias("geminichat.NewRoom")]
public sealed record NewRoom(
    [property: Id(0)] string Name,
    [property: Id(1)] string? SystemPrompt,
    [property: Id(2)] bool IsUntitled = false,
    [property: Id(3)] bool IsTemporary = false,
    [property: Id(4)] RoomCopy? Copy = null,
    [property: Id(5)] ReplyOptions? Options = null)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(NewRoom);
}

/// <summary>Finished messages of another room of the same user, to copy into a new room.</summary>
/// <param name="SourceRoomId">The other room.</param>
/// <param name="Ranges">The messages, in the order of the conversation; at most <see cref="MaxMessages"/>.</param>
/// <param name="Request">What the user asked for, as a text. Two requests with the same text are the same request.</param>
[GenerateSerializer, Immutable, Alias("geminichat.RoomCopy")]
public sealed record RoomCopy(
    [property: Id(0)] Guid SourceRoomId, [property: Id(1)] ImmutableArray<IdRange> Ranges, [property: Id(2)] string Request)
{
    /// <summary>The maximum number of messages. They are copied in one transaction, for which other writes wait.</summary>
    public const int MaxMessages = 2000;

    /// <summary>The maximum of their texts in bytes.</summary>
    public const int MaxTextBytes = 2_000_000;

    /// <summary>The number of messages.</summary>
    public long CountMessages() => Ranges.Sum(range => range.Count());

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(RoomCopy);
}

/// <summary>The outcome of creating a room.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.CreateRoomOutcome")]
public abstract record CreateRoomOutcome
{
    private CreateRoomOutcome() { }

    /// <summary>The room exists.</summary>
    /// <param name="Room">The room.</param>
    /// <param name="Options">How its replies are made unless a request says otherwise; null for the service's defaults.</param>
    [GenerateSerializer, Immutable, Alias("geminichat.CreateRoomOutcome.Created")]
    public sealed record Created([property: Id(0)] RoomSummary Room, [property: Id(1)] ReplyOptions? Options = null) : CreateRoomOutcome;

    /// <summary>The room exists already and was created by another request.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CreateRoomOutcome.Differs")]
    public sealed record AlreadyExists : CreateRoomOutcome;

    /// <summary>The user has the maximum number of rooms.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CreateRoomOutcome.TooManyRooms")]
    public sealed record TooManyRooms([property: Id(0)] int Limit) : CreateRoomOutcome;

    /// <summary>The messages to copy are more than <see cref="RoomCopy.MaxMessages"/> or <see cref="RoomCopy.MaxTextBytes"/>.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CreateRoomOutcome.CopyTooLong")]
    public sealed record CopyTooLong : CreateRoomOutcome;

    /// <summary>The request asks for something that does not exist, or that the user may not use.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CreateRoomOutcome.OptionsRefused")]
    public sealed record OptionsRefused([property: Id(0)] OptionsRefusal Refusal) : CreateRoomOutcome;

    /// <summary>The user does not exist.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CreateRoomOutcome.UserAbsent")]
    public sealed record UserAbsent : CreateRoomOutcome;

    /// <summary>The room existed and has been deleted for good.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.CreateRoomOutcome.Deleted")]
    public sealed record Deleted : CreateRoomOutcome;
}

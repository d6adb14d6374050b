namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>A room as its owner's list shows it.</summary>
/// <param name="Id">The room's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">When it was created, to the millisecond.</param>
/// <param name="UpdatedAt">The last activity: its creation, or the newest accepted or finished turn.</param>
/// <param name="Version">Counts the room's changes, from 1.</param>
/// <param name="SettingsVersion">The version at which the name, the system prompt, the pin or the archive changed last.</param>
/// <param name="IsPinned">Whether the list shows it first.</param>
/// <param name="IsArchived">Whether the list leaves it out.</param>
/// <param name="IsTemporary">Whether it is in no list and no search, and is deleted a day after its last use.</param>
[GenerateSerializer, Immutable, Alias("geminichat.RoomSummary")]
public sealed record RoomSummary(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string Name,
    [property: Id(2)] DateTimeOffset CreatedAt,
    [property: Id(3)] DateTimeOffset UpdatedAt,
    [property: Id(4)] long Version,
    [property: Id(5)] long SettingsVersion = 1,
    [property: Id(6)] bool IsPinned = false,
    [property: Id(7)] bool IsArchived = false,
    [property: Id(8)] bool IsTemporary = false)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(RoomSummary);

    /// <summary>
    /// Merges two summaries of one room, in any order. The commit of a turn and a change of the settings can run at the
    /// same time, and neither write knows of the other.
    /// </summary>
    public RoomSummary Merge(RoomSummary other)
    {
        var newer = other.Version > Version ? other : this;
        var changed = other.SettingsVersion == SettingsVersion ? newer
            : other.SettingsVersion > SettingsVersion ? other
            : this;
        return newer with
        {
            Name = changed.Name,
            IsPinned = changed.IsPinned,
            IsArchived = changed.IsArchived,
            SettingsVersion = changed.SettingsVersion,
            UpdatedAt = UpdatedAt > other.UpdatedAt ? UpdatedAt : other.UpdatedAt,
        };
    }
}

/// <summary>A room with a page of its messages.</summary>
/// <param name="Room">The room.</param>
/// <param name="Messages">In the order of their ids.</param>
/// <param name="HasOlder">Whether older messages than these exist.</param>
/// <param name="SystemPrompt">Instructions to the model for every turn; null for none.</param>
/// <param name="Head">The newest message of the branch that is shown; null in an empty room.</param>
/// <param name="Options">How replies are made unless a request says otherwise; null for the service's defaults.</param>
[GenerateSerializer, Immutable, Alias("geminichat.RoomView")]
public sealed record RoomView(
    [property: Id(0)] RoomSummary Room,
    [property: Id(1)] ImmutableArray<RoomMessage> Messages,
    [property: Id(2)] bool HasOlder,
    [property: Id(3)] string? SystemPrompt = null,
    [property: Id(4)] long? Head = null,
    [property: Id(5)] ReplyOptions? Options = null)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(RoomView);
}

/// <summary>The messages from the start of a conversation to one message, as ranges of consecutive ids.</summary>
/// <param name="Room">The room.</param>
/// <param name="SystemPrompt">Instructions to the model for every turn; null for none.</param>
/// <param name="Ranges">In the order of the conversation; empty in an empty room.</param>
/// <param name="IsPending">Whether a reply among them is pending.</param>
/// <param name="Options">How replies are made unless a request says otherwise; null for the service's defaults.</param>
[GenerateSerializer, Immutable, Alias("geminichat.RoomBranch")]
public sealed record RoomBranch(
    [property: Id(0)] RoomSummary Room,
    [property: Id(1)] string? SystemPrompt,
    [property: Id(2)] ImmutableArray<IdRange> Ranges,
    [property: Id(3)] bool IsPending,
    [property: Id(4)] ReplyOptions? Options = null)
{
    /// <summary>The id of the last message; null in an empty room.</summary>
    public long? GetHead() => Ranges is [.., var last] ? last.Last : null;

    /// <summary>The number of messages.</summary>
    public long CountMessages() => Ranges.Sum(range => range.Count());

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(RoomBranch);
}

/// <summary>Consecutive ids of messages.</summary>
/// <param name="First">The first id.</param>
/// <param name="Last">The last id.</param>
[GenerateSerializer, Immutable, Alias("geminichat.IdRange")]
public readonly record struct IdRange([property: Id(0)] long First, [property: Id(1)] long Last)
{
    /// <summary>The number of ids.</summary>
    public long Count() => Last - First + 1;

    /// <summary>Whether an id is in the range.</summary>
    public bool Contains(long id) => id >= First && id <= Last;
}

namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>What a user changes of a room.</summary>
/// <param name="Name">The new name, 1 to 200 code units; null to keep the one there is.</param>
/// <param name="SystemPrompt">The new one, at most 8,000 code units; empty for none, null to keep the one there is.</param>
/// <param name="ExpectedVersions">
/// Versions of the room: name and prompt must be as they were at one of them. Null for no such condition.
/// </param>
[GenerateSerializer, Immutable, Alias("geminichat.RoomPatch")]
public sealed record RoomPatch(
    [property: Id(0)] string? Name,
    [property: Id(1)] string? SystemPrompt,
    [property: Id(2)] ImmutableArray<long>? ExpectedVersions = null)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(RoomPatch);
}

/// <summary>What came of changing a room.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.UpdateRoomOutcome")]
public abstract record UpdateRoomOutcome
{
    private UpdateRoomOutcome() { }

    /// <summary>The room is as asked, by this request or an earlier one.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.UpdateRoomOutcome.Updated")]
    public sealed record Updated([property: Id(0)] RoomSummary Room, [property: Id(1)] string? SystemPrompt)
        : UpdateRoomOutcome
    {
        /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
        public override string ToString() => nameof(Updated);
    }

    /// <summary>Name or prompt have changed since the versions that the request named.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.UpdateRoomOutcome.Outdated")]
    public sealed record Outdated : UpdateRoomOutcome;

    /// <summary>The user has no such room.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.UpdateRoomOutcome.RoomAbsent")]
    public sealed record RoomAbsent : UpdateRoomOutcome;
}

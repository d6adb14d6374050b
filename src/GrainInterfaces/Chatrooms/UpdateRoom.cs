namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>A user's change of a room.</summary>
/// <param name="Name">The new name, 1 to 200 code units; null to keep the current one.</param>
/// <param name="SystemPrompt">The new prompt, at most 8,000 code units; empty for none, null to keep the current one.</param>
/// <param name="ExpectedVersions">
/// Versions of the room. Name and prompt must be unchanged since one of them. Null for no condition.
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

/// <summary>The outcome of changing a room.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.UpdateRoomOutcome")]
public abstract record UpdateRoomOutcome
{
    private UpdateRoomOutcome() { }

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public sealed override string ToString() => GetType().Name;

    /// <summary>The room has the requested name and prompt, set by this request or an earlier one.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.UpdateRoomOutcome.Updated")]
    public sealed record Updated([property: Id(0)] RoomSummary Room, [property: Id(1)] string? SystemPrompt)
        : UpdateRoomOutcome;

    /// <summary>Name or prompt have changed since the versions in the request.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.UpdateRoomOutcome.Outdated")]
    public sealed record Outdated : UpdateRoomOutcome;

    /// <summary>The user has no such room.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.UpdateRoomOutcome.RoomAbsent")]
    public sealed record RoomAbsent : UpdateRoomOutcome;
}

namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>A user's change of a room.</summary>
/// <param name="Name">The new name, 1 to 200 code units; null to keep the current one.</param>
/// <param name="SystemPrompt">The new prompt, at most 8,000 code units; empty for none, null to keep the current one.</param>
/// <param name="ExpectedVersions">
/// Versions of the room. Name, prompt, pin, archive and defaults must be unchanged since one of them. Null for no condition.
/// </param>
/// <param name="IsPinned">Whether the list shows it first; null to keep the current value.</param>
/// <param name="IsArchived">Whether the list leaves it out; null to keep the current value.</param>
/// <param name="Head">
/// A message. The branch that holds it is shown from then on, down to its newest message. Null to keep the branch.
/// </param>
/// <param name="Options">The change of the room's defaults for replies; null for none.</param>
[GenerateSerializer, Immutable, Alias("geminichat.RoomPatch")]
public sealed record RoomPatch(
    [property: Id(0)] string? Name,
    [property: Id(1)] string? SystemPrompt,
    [property: Id(2)] ImmutableArray<long>? ExpectedVersions = null,
    [property: Id(3)] bool? IsPinned = null,
    [property: Id(4)] bool? IsArchived = null,
    [property: Id(5)] long? Head = null,
    [property: Id(6)] ReplyOptionsPatch? Options = null)
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

    /// <summary>The room has the requested settings, set by this request or an earlier one.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.UpdateRoomOutcome.Updated")]
    public sealed record Updated(
        [property: Id(0)] RoomSummary Room,
        [property: Id(1)] string? SystemPrompt,
        [property: Id(2)] long? Head = null,
        [property: Id(3)] ReplyOptions? Options = null) : UpdateRoomOutcome;

    /// <summary>Name, prompt, pin, archive or defaults have changed since the versions in the request.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.UpdateRoomOutcome.Outdated")]
    public sealed record Outdated : UpdateRoomOutcome;

    /// <summary>The room has no message with the id that the request gives as its head.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.UpdateRoomOutcome.MessageAbsent")]
    public sealed record MessageAbsent : UpdateRoomOutcome;

    /// <summary>The request asks for something that does not exist, or that the user may not use.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.UpdateRoomOutcome.OptionsRefused")]
    public sealed record OptionsRefused([property: Id(0)] OptionsRefusal Refusal) : UpdateRoomOutcome;

    /// <summary>The user has no such room.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.UpdateRoomOutcome.RoomAbsent")]
    public sealed record RoomAbsent : UpdateRoomOutcome;
}

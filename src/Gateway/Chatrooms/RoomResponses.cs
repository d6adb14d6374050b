namespace GeminiChat.Gateway.Chatrooms;

/// <summary>A room that was just created.</summary>
/// <param name="Id">The room's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Temporary">True when it is in no list and no search, and is deleted 24 hours after its last use.</param>
/// <param name="Model">The model of its replies; absent for the default of the caller's tier.</param>
/// <param name="Thinking">How much the model thinks; absent when the model decides.</param>
/// <param name="Search">Whether the model may search the web; absent when it may not.</param>
internal sealed record CreatedRoomResponse(
    Guid Id,
    string Name,
    DateTimeOffset CreatedAt,
    bool? Temporary = null,
    string? Model = null,
    [property: EnumNames<ThinkingLevel>] string? Thinking = null,
    bool? Search = null)
{
    public static CreatedRoomResponse Of(CreateRoomOutcome.Created created) => new(
        created.Room.Id,
        created.Room.Name,
        created.Room.CreatedAt,
        RoomFlag.Of(created.Room.IsTemporary),
        created.Options?.Model,
        ReplyOptionsMapping.ToNameOrNull(created.Options?.Thinking),
        created.Options?.Search);
}

internal static class RoomFlag
{
    /// <summary>A flag of an answer, which is left out when it is not set.</summary>
    public static bool? Of(bool isSet) => isSet ? true : null;
}

/// <summary>A room in the list.</summary>
/// <param name="Id">The room's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="UpdatedAt">Its last activity.</param>
/// <param name="Version">Counts the room's changes.</param>
/// <param name="Pinned">True when the list shows it first.</param>
/// <param name="Archived">True when the list leaves it out.</param>
internal sealed record RoomResponse(
    Guid Id,
    string Name,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    long Version,
    bool? Pinned = null,
    bool? Archived = null)
{
    public static RoomResponse Of(RoomSummary room) => new(
        room.Id, room.Name, room.CreatedAt, room.UpdatedAt, room.Version, RoomFlag.Of(room.IsPinned), RoomFlag.Of(room.IsArchived));
}

/// <summary>A room without its messages.</summary>
/// <param name="Id">The room's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="SystemPrompt">Instructions to the model for every turn; absent when there are none.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="UpdatedAt">Its last activity, which a change by this request is not.</param>
/// <param name="Version">Counts the room's changes.</param>
/// <param name="Head">The newest message of the shown branch; absent in an empty room.</param>
/// <param name="Pinned">True when the list shows it first.</param>
/// <param name="Archived">True when the list leaves it out.</param>
/// <param name="Temporary">True when it is in no list and no search, and is deleted 24 hours after its last use.</param>
/// <param name="Model">The model of its replies; absent for the default of the caller's tier.</param>
/// <param name="Thinking">How much the model thinks; absent when the model decides.</param>
/// <param name="Search">Whether the model may search the web; absent when it may not.</param>
internal sealed record UpdatedRoomResponse(
    Guid Id,
    string Name,
    string? SystemPrompt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    long Version,
    long? Head,
    bool? Pinned = null,
    bool? Archived = null,
    bool? Temporary = null,
    string? Model = null,
    [property: EnumNames<ThinkingLevel>] string? Thinking = null,
    bool? Search = null)
{
    public static UpdatedRoomResponse Of(UpdateRoomOutcome.Updated updated) => new(
        updated.Room.Id,
        updated.Room.Name,
        updated.SystemPrompt,
        updated.Room.CreatedAt,
        updated.Room.UpdatedAt,
        updated.Room.Version,
        updated.Head,
        RoomFlag.Of(updated.Room.IsPinned),
        RoomFlag.Of(updated.Room.IsArchived),
        RoomFlag.Of(updated.Room.IsTemporary),
        updated.Options?.Model,
        ReplyOptionsMapping.ToNameOrNull(updated.Options?.Thinking),
        updated.Options?.Search);
}

/// <summary>A room with a page of its messages.</summary>
/// <param name="Id">The room's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="SystemPrompt">Instructions to the model for every turn; absent when there are none.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Version">Counts the room's changes. In quotes it is the value for <c>If-Match</c>.</param>
/// <param name="Head">The newest message of the shown branch, which the next message follows; absent in an empty room.</param>
/// <param name="Messages">In the order of their ids.</param>
/// <param name="Pinned">True when the list shows it first.</param>
/// <param name="Archived">True when the list leaves it out.</param>
/// <param name="Temporary">True when it is in no list and no search, and is deleted 24 hours after its last use.</param>
/// <param name="Model">The model of its replies; absent for the default of the caller's tier.</param>
/// <param name="Thinking">How much the model thinks; absent when the model decides.</param>
/// <param name="Search">Whether the model may search the web; absent when it may not.</param>
internal sealed record RoomViewResponse(
    Guid Id,
    string Name,
    string? SystemPrompt,
    DateTimeOffset CreatedAt,
    long Version,
    long? Head,
    ImmutableArray<MessageResponse> Messages,
    bool? Pinned = null,
    bool? Archived = null,
    bool? Temporary = null,
    string? Model = null,
    [property: EnumNames<ThinkingLevel>] string? Thinking = null,
    bool? Search = null)
{
    public static RoomViewResponse Of(RoomView view) => Of(view, MessageResponse.Of);

    /// <summary>With the HTML of finished replies.</summary>
    public static RoomViewResponse WithHtml(RoomView view, IReadOnlyDictionary<long, string> html) =>
        Of(view, message => MessageResponse.WithHtml(message, html));

    private static RoomViewResponse Of(RoomView view, Func<RoomMessage, MessageResponse> map) => new(
        view.Room.Id,
        view.Room.Name,
        view.SystemPrompt,
        view.Room.CreatedAt,
        view.Room.Version,
        view.Head,
        ImmutableArray.CreateRange(view.Messages, map),
        RoomFlag.Of(view.Room.IsPinned),
        RoomFlag.Of(view.Room.IsArchived),
        RoomFlag.Of(view.Room.IsTemporary),
        view.Options?.Model,
        ReplyOptionsMapping.ToNameOrNull(view.Options?.Thinking),
        view.Options?.Search);
}

using System.ComponentModel.DataAnnotations;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>A room to create.</summary>
/// <param name="Name">What the list shows; when absent, "New chat" until the first exchange gives it a title.</param>
/// <param name="SystemPrompt">Instructions to the model for every turn.</param>
/// <param name="Temporary">Whether the room is in no list and no search, and is deleted 24 hours after its last use.</param>
/// <param name="Model">The model of its replies, unless a message names another one.</param>
/// <param name="Thinking">How much the model thinks: <c>minimal</c>, <c>low</c>, <c>medium</c> or <c>high</c>.</param>
/// <param name="Search">Whether the model may search the web.</param>
internal sealed record CreateRoomRequest(
    [property: StringLength(SizeLimits.MaxNameLength, MinimumLength = 1), Visible] string? Name = null,
    [property: StringLength(SizeLimits.MaxSystemPromptLength)] string? SystemPrompt = null,
    bool? Temporary = null,
    [property: StringLength(SizeLimits.MaxModelLength, MinimumLength = 1), Visible] string? Model = null,
    [property: AllowedValues(ReplyOptionsMapping.Minimal, ReplyOptionsMapping.Low, ReplyOptionsMapping.Medium, ReplyOptionsMapping.High, ErrorMessage = ReplyOptionsMapping.ThinkingError)] string? Thinking = null,
    bool? Search = null) : IRequestBody
{
    private const string DefaultName = "New chat";

    public NewRoom ToRoom() => new(
        Name is null ? DefaultName : VisibleText.WithoutBidi(Name),
        string.IsNullOrEmpty(SystemPrompt) ? null : SystemPrompt,
        IsUntitled: Name is null,
        IsTemporary: Temporary is true,
        Options: ReplyOptionsMapping.ToOptions(Model, Thinking, Search));
}

/// <summary>What to change of a room; what is absent stays.</summary>
/// <param name="Name">What the list shows.</param>
/// <param name="SystemPrompt">Instructions to the model, from the next turn on; null for none.</param>
/// <param name="Pinned">Whether the list shows it first.</param>
/// <param name="Archived">Whether the list leaves it out.</param>
/// <param name="Head">A message of the branch to show. It is shown down to its newest message.</param>
/// <param name="Model">The model of its replies, unless a message names another one; null for the default.</param>
/// <param name="Thinking">How much the model thinks: <c>minimal</c>, <c>low</c>, <c>medium</c> or <c>high</c>; null to let it decide.</param>
/// <param name="Search">Whether the model may search the web.</param>
internal sealed record UpdateRoomRequest(
    [property: StringLength(SizeLimits.MaxNameLength, MinimumLength = 1), Visible] OptionalText Name = default,
    [property: StringLength(SizeLimits.MaxSystemPromptLength)] OptionalText SystemPrompt = default,
    bool? Pinned = null,
    bool? Archived = null,
    long? Head = null,
    [property: StringLength(SizeLimits.MaxModelLength, MinimumLength = 1), Visible] OptionalText Model = default,
    [property: AllowedValues(ReplyOptionsMapping.Minimal, ReplyOptionsMapping.Low, ReplyOptionsMapping.Medium, ReplyOptionsMapping.High, ErrorMessage = ReplyOptionsMapping.ThinkingError)] OptionalText Thinking = default,
    bool? Search = null) : IRequestBody
{
    private bool HasOptions => Model.IsPresent || Thinking.IsPresent || Search is not null;

    public string? Validate() =>
        !Name.IsPresent && !SystemPrompt.IsPresent && Pinned is null && Archived is null && Head is null && !HasOptions
            ? "Give one of name, system_prompt, pinned, archived, head, model, thinking and search, or several."
        : Name is { IsPresent: true, Value: null } ? "name is required."
        : null;

    public RoomPatch ToPatch(ImmutableArray<long>? ifVersions) => new(
        Name.Value is { } name ? VisibleText.WithoutBidi(name) : null,
        SystemPrompt.IsPresent ? SystemPrompt.Value ?? "" : null,
        ifVersions,
        Pinned,
        Archived,
        Head,
        HasOptions ? ToOptions() : null);

    private ReplyOptionsPatch ToOptions() => new(
        Model.IsPresent ? Model.Value ?? "" : null,
        ReplyOptionsMapping.ToLevel(Thinking.Value),
        RemovesThinking: Thinking is { IsPresent: true, Value: null },
        Search);
}

/// <summary>A room to begin with a copy of another one's messages.</summary>
/// <param name="MessageId">The last message to copy; when absent, that of the shown branch.</param>
/// <param name="Name">What the list shows; when absent, the other room's name.</param>
internal sealed record ForkRoomRequest(
    long? MessageId = null,
    [property: StringLength(SizeLimits.MaxNameLength, MinimumLength = 1), Visible] string? Name = null) : IRequestBody
{
    public NewRoom ToRoom(RoomBranch branch) => new(
        Name is null ? branch.Room.Name : VisibleText.WithoutBidi(Name),
        branch.SystemPrompt,
        IsTemporary: branch.Room.IsTemporary,
        Copy: new RoomCopy(branch.Room.Id, branch.Ranges, ToText(branch.Room.Id)),
        Options: branch.Options);

    /// <summary>The request as a text. A repeat has the same one.</summary>
    public string ToText(Guid sourceRoomId) => $"fork {sourceRoomId} {MessageId} {Name}";
}

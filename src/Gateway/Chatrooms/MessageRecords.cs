using System.ComponentModel.DataAnnotations;
using GeminiChat.Gateway.Files;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>A message to post.</summary>
/// <param name="Content">The text.</param>
/// <param name="Model">The model that answers; when absent, the room's, or the default of the caller's tier.</param>
/// <param name="Thinking">How much the model thinks: <c>minimal</c>, <c>low</c>, <c>medium</c> or <c>high</c>.</param>
/// <param name="Search">Whether the model may search the web.</param>
/// <param name="Attachments">The ids of uploaded files that belong to it, at most 10.</param>
internal sealed record PostMessageRequest(
    [property: Required, StringLength(SizeLimits.MaxContentLength, MinimumLength = 1), Visible] string? Content,
    [property: StringLength(SizeLimits.MaxModelLength, MinimumLength = 1), Visible] string? Model = null,
    [property: AllowedValues(ReplyOptionsMapping.Minimal, ReplyOptionsMapping.Low, ReplyOptionsMapping.Medium, ReplyOptionsMapping.High, ErrorMessage = ReplyOptionsMapping.ThinkingError)] string? Thinking = null,
    bool? Search = null,
    Guid[]? Attachments = null) : IRequestBody
{
    public string? Validate() => Attachments?.Length > SizeLimits.MaxAttachments ? $"attachments can have at most {SizeLimits.MaxAttachments} ids." : null;

    public NewMessage ToMessage(string key) =>
        new(Content!, key, ReplyOptionsMapping.ToOptions(Model, Thinking, Search), Attachments is [_, ..] files ? [.. files] : default);
}

/// <summary>How another reply is made. What is absent is the room's, or the default.</summary>
/// <param name="Model">The model that answers.</param>
/// <param name="Thinking">How much the model thinks: <c>minimal</c>, <c>low</c>, <c>medium</c> or <c>high</c>.</param>
/// <param name="Search">Whether the model may search the web.</param>
internal sealed record RegenerateReplyRequest(
    [property: StringLength(SizeLimits.MaxModelLength, MinimumLength = 1), Visible] string? Model = null,
    [property: AllowedValues(ReplyOptionsMapping.Minimal, ReplyOptionsMapping.Low, ReplyOptionsMapping.Medium, ReplyOptionsMapping.High, ErrorMessage = ReplyOptionsMapping.ThinkingError)] string? Thinking = null,
    bool? Search = null) : IRequestBody
{
    public static IRequestBody? WhenAbsent { get; } = new RegenerateReplyRequest();

    public ReplyOptions? ToOptions() => ReplyOptionsMapping.ToOptions(Model, Thinking, Search);
}

/// <summary>An accepted message.</summary>
/// <param name="Message">What the user wrote.</param>
/// <param name="Reply">The reply to it, as it is now.</param>
/// <param name="Position">Open turns ahead of it; 0 runs at once.</param>
internal sealed record AcceptedResponse(MessageResponse Message, MessageResponse Reply, int Position)
{
    public static AcceptedResponse Of(PostOutcome.Accepted turn) =>
        new(MessageResponse.Of(turn.Message), MessageResponse.Of(turn.Reply), turn.Position);
}

/// <summary>One message of a room.</summary>
/// <param name="Id">Counts up in its room.</param>
/// <param name="Sender"><c>user</c> or <c>ai</c>.</param>
/// <param name="Content">The text; of a reply being written, the text so far.</param>
/// <param name="Timestamp">When it was accepted.</param>
/// <param name="Status">
/// <c>queued</c>, <c>generating</c>, <c>completed</c>, <c>stopped</c>, <c>incomplete</c> or <c>failed</c>.
/// </param>
/// <param name="ReplyTo">Of a reply, the message that it answers.</param>
/// <param name="SupersededBy">Of a reply, the newer one in its place.</param>
/// <param name="Error">Of an incomplete or failed reply, why.</param>
/// <param name="Model">Of a reply, the model that wrote it.</param>
/// <param name="Usage">Of a reply, its tokens.</param>
/// <param name="Attempt">Of a reply being written, which attempt its text belongs to.</param>
/// <param name="Cursor">Of a reply being written, the <c>Last-Event-ID</c> to read on from.</param>
/// <param name="ParentId">The message that it follows; absent of a first message.</param>
/// <param name="Siblings">Ids of all messages with the same parent and sender, itself included, when there are others.</param>
/// <param name="ContentHtml">Of a finished reply, when asked for: the text, which is Markdown, as HTML for a page.</param>
/// <param name="Feedback">Of a reply, the user's rating, if there is one.</param>
/// <param name="Thoughts">Of a reply, the model's summary of its thinking; of a reply being written, what has come so far.</param>
/// <param name="Sources">Of a reply, the web pages that it is based on, in the order in which the model names them.</param>
/// <param name="Citations">Of a reply, which text is based on which sources, in the order of the text.</param>
/// <param name="SearchSuggestions">
/// Of a reply, HTML from Google. It must be shown with the reply, unchanged, for as long as the reply is shown; best in a frame of its own.
/// </param>
/// <param name="Attachments">Of a user's message, its files.</param>
internal sealed record MessageResponse(
    long Id,
    [property: EnumNames<Sender>] string Sender,
    string Content,
    DateTimeOffset Timestamp,
    [property: EnumNames<MessageStatus>] string Status,
    long? ReplyTo = null,
    long? SupersededBy = null,
    MessageError? Error = null,
    string? Model = null,
    UsageResponse? Usage = null,
    int? Attempt = null,
    string? Cursor = null,
    long? ParentId = null,
    ImmutableArray<long>? Siblings = null,
    string? ContentHtml = null,
    FeedbackResponse? Feedback = null,
    string? Thoughts = null,
    ImmutableArray<SourceResponse>? Sources = null,
    ImmutableArray<CitationResponse>? Citations = null,
    string? SearchSuggestions = null,
    ImmutableArray<AttachmentResponse>? Attachments = null)
{
    public static MessageResponse Of(RoomMessage message)
    {
        var isOpen = message.Status.IsPending();
        return new MessageResponse(
            message.Id,
            ToSenderName(message.Sender),
            message.Content,
            message.Timestamp,
            ToStatusName(message.Status),
            message.ReplyTo,
            message.SupersededBy,
            message.Reason is { } reason ? MessageError.Of(reason) : null,
            message.Model,
            UsageResponse.Of(message.Usage),
            isOpen ? message.Attempt : null,
            isOpen ? message.GetEnd().ToString() : null,
            message.ParentId,
            message.Siblings.IsDefault ? null : message.Siblings,
            Feedback: FeedbackResponse.Of(message.Feedback),
            Thoughts: message.Thoughts,
            Sources: message.Grounding is { Sources: [_, ..] sources } ? ImmutableArray.CreateRange(sources, SourceResponse.Of) : null,
            Citations: message.Grounding is { Citations: [_, ..] citations } ? ImmutableArray.CreateRange(citations, CitationResponse.Of) : null,
            SearchSuggestions: message.Grounding?.SearchSuggestions,
            Attachments: message.Attachments.IsDefault ? null : ImmutableArray.CreateRange(message.Attachments, AttachmentResponse.Of));
    }

    /// <summary>With the HTML of a finished reply, if it is among those by id.</summary>
    public static MessageResponse WithHtml(RoomMessage message, IReadOnlyDictionary<long, string> html) =>
        Of(message) with { ContentHtml = html.GetValueOrDefault(message.Id) };

    /// <summary>A sender as clients know it.</summary>
    public static string ToSenderName(Sender sender) => sender switch
    {
        GrainInterfaces.Chatrooms.Sender.User => "user",
        GrainInterfaces.Chatrooms.Sender.Ai => "ai",
        _ => throw new ArgumentOutOfRangeException(nameof(sender), sender, "Unknown sender."),
    };

    /// <summary>A state as clients know it.</summary>
    public static string ToStatusName(MessageStatus status) => status switch
    {
        MessageStatus.Queued => "queued",
        MessageStatus.Generating => "generating",
        MessageStatus.Completed => "completed",
        MessageStatus.Stopped => "stopped",
        MessageStatus.Incomplete => "incomplete",
        MessageStatus.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Unknown status."),
    };
}

/// <summary>Tokens as the model counted them.</summary>
/// <param name="InputTokens">Of the prompt, with the conversation before it.</param>
/// <param name="OutputTokens">Of the reply, with its thoughts.</param>
/// <param name="ThoughtTokens">The part of the output that was thinking.</param>
/// <param name="CachedTokens">The part of the input that the model had in its cache.</param>
/// <param name="SearchQueries">How many searches the model made.</param>
internal sealed record UsageResponse(
    long InputTokens, long OutputTokens, long? ThoughtTokens = null, long? CachedTokens = null, long? SearchQueries = null)
{
    public static UsageResponse? Of(TokenUsage? usage) => usage is null
        ? null
        : new UsageResponse(
            usage.InputTokens,
            usage.OutputTokens,
            NullIfZero(usage.ThoughtTokens),
            NullIfZero(usage.CachedTokens),
            NullIfZero(usage.SearchQueries));

    private static long? NullIfZero(long count) => count == 0 ? null : count;
}

/// <summary>A web page that a reply is based on.</summary>
/// <param name="Url">Its address. It can be one of Google that leads to the page, and that expires.</param>
/// <param name="Title">Its title, often only its domain.</param>
internal sealed record SourceResponse(string Url, string Title)
{
    public static SourceResponse Of(WebSource source) => new(source.Url, source.Title);
}

/// <summary>A piece of a reply's text that is based on sources.</summary>
/// <param name="Start">Where it starts in <c>content</c>, in UTF-16 code units.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Sources">Indexes of <c>sources</c>.</param>
internal sealed record CitationResponse(int Start, int End, ImmutableArray<int> Sources)
{
    public static CitationResponse Of(Citation citation) => new(citation.Start, citation.End, citation.Sources);
}

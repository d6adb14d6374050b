using System.Text.Json.Serialization;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Files;

namespace GeminiChat.Gateway.AiSdk;

/// <summary>A message in the form of the AI SDK (<see href="https://ai-sdk.dev/docs/reference/ai-sdk-core/ui-message"/>).</summary>
/// <param name="Id">Its number in the room. The stream of a reply has the same one.</param>
/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
/// <param name="Parts">What it has, in its order.</param>
/// <param name="Metadata">What the AI SDK has no place for.</param>
internal sealed record UiMessage(string Id, string Role, ImmutableArray<UiMessagePart> Parts, UiMessageMetadata Metadata)
{
    public const string UserRole = "user";
    private const string AssistantRole = "assistant";

    public static UiMessage Of(RoomMessage message, Guid roomId, string filesOrigin) => new(
        IdOf(message.Id),
        message.Sender is Sender.User ? UserRole : AssistantRole,
        message.Sender is Sender.User ? QuestionParts(message, filesOrigin) : ReplyParts(message),
        UiMessageMetadata.Of(message, roomId));

    public static string IdOf(long messageId) => messageId.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static ImmutableArray<UiMessagePart> QuestionParts(RoomMessage message, string filesOrigin)
    {
        var files = message.Attachments.IsDefault ? [] : message.Attachments.Select(file => new UiMessagePart.FilePart(
            file.MediaType, $"{filesOrigin}{FilePath.Of(file.Id)}/content", file.Name));
        return [.. files, new UiMessagePart.TextPart(message.Content)];
    }

    private static ImmutableArray<UiMessagePart> ReplyParts(RoomMessage message)
    {
        var state = message.Status.IsPending() ? UiMessagePart.Streaming : UiMessagePart.Done;
        var parts = ImmutableArray.CreateBuilder<UiMessagePart>();
        parts.Add(new UiMessagePart.StepStartPart());
        foreach (var (isThought, text) in TextsOf(message))
        {
            parts.Add(isThought ? new UiMessagePart.ReasoningPart(text, state) : new UiMessagePart.TextPart(text, state));
        }

        if (message.Grounding is { } grounding)
        {
            parts.AddRange(grounding.Sources.Select((source, index) => new UiMessagePart.SourceUrlPart(SourceId(index), source.Url, source.Title)));
            if (grounding.SearchSuggestions is { } html)
            {
                parts.Add(new UiMessagePart.SearchSuggestionsPart(html));
            }
        }

        return parts.DrainToImmutable();
    }

    public static string SourceId(int index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"source-{index + 1}");

    /// <summary>Thoughts and text in the order in which the model sent them, as a stream shows them.</summary>
    private static IEnumerable<(bool IsThought, string Text)> TextsOf(RoomMessage message)
    {
        var (content, thoughts) = (message.Content, message.Thoughts ?? "");
        if (message.Parts.IsDefault)
        {
            return new[] { (true, thoughts), (false, content) }.Where(part => part.Item2.Length > 0);
        }

        var texts = new List<(bool IsThought, string Text)>();
        var (contentAt, thoughtsAt) = (0, 0);
        foreach (var part in message.Parts.Where(part => part.Kind is not ReplyPartKind.Discarded && part.Length > 0))
        {
            var isThought = part.Kind is ReplyPartKind.Thought;
            var text = isThought ? thoughts.Substring(thoughtsAt, part.Length) : content.Substring(contentAt, part.Length);
            (contentAt, thoughtsAt) = isThought ? (contentAt, thoughtsAt + part.Length) : (contentAt + part.Length, thoughtsAt);
            if (texts is [.., var last] && last.IsThought == isThought)
            {
                texts[^1] = (isThought, last.Text + text);
            }
            else
            {
                texts.Add((isThought, text));
            }
        }

        return texts;
    }
}

/// <summary>A part of a message.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(StepStartPart), "step-start")]
[JsonDerivedType(typeof(TextPart), "text")]
[JsonDerivedType(typeof(ReasoningPart), "reasoning")]
[JsonDerivedType(typeof(FilePart), "file")]
[JsonDerivedType(typeof(SourceUrlPart), "source-url")]
[JsonDerivedType(typeof(SearchSuggestionsPart), "data-search-suggestions")]
internal abstract record UiMessagePart
{
    public const string Streaming = "streaming";
    public const string Done = "done";

    private UiMessagePart() { }

    /// <summary>The begin of the reply.</summary>
    internal sealed record StepStartPart : UiMessagePart;

    /// <summary>Text of the message.</summary>
    /// <param name="Content">The text.</param>
    /// <param name="State">Of a reply, <c>streaming</c> or <c>done</c>.</param>
    internal sealed record TextPart([property: JsonPropertyName("text")] string Content, string? State = null) : UiMessagePart;

    /// <summary>A summary of the model's thinking.</summary>
    /// <param name="Content">The text.</param>
    /// <param name="State"><c>streaming</c> or <c>done</c>.</param>
    internal sealed record ReasoningPart([property: JsonPropertyName("text")] string Content, string State) : UiMessagePart;

    /// <summary>A file of the user.</summary>
    /// <param name="MediaType">What its content is.</param>
    /// <param name="Url">Where it is. To read it, a client needs the access token.</param>
    /// <param name="Filename">Its name.</param>
    internal sealed record FilePart([property: JsonPropertyName("mediaType")] string MediaType, string Url, string Filename) : UiMessagePart;

    /// <summary>A web page that the reply is based on.</summary>
    /// <param name="SourceId">Names it in the message.</param>
    /// <param name="Url">Its address.</param>
    /// <param name="Title">Its title.</param>
    internal sealed record SourceUrlPart([property: JsonPropertyName("sourceId")] string SourceId, string Url, string Title) : UiMessagePart;

    /// <summary>Google's search suggestions.</summary>
    /// <param name="Data">HTML that must be shown with the reply, unchanged.</param>
    internal sealed record SearchSuggestionsPart(string Data) : UiMessagePart;
}

/// <summary>What a message has besides its parts, with the names that the other routes use.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="MessageId">The message in its room.</param>
/// <param name="Status">As in <see cref="MessageResponse"/>.</param>
/// <param name="CreatedAt">When the message was accepted.</param>
/// <param name="ReplyTo">Of a reply, the message that it answers.</param>
/// <param name="Siblings">Ids of all messages in this place of the conversation, itself included, when there are others.</param>
/// <param name="Model">Of a reply, the model that wrote it.</param>
/// <param name="Usage">Of a reply, its tokens.</param>
/// <param name="Error">Of an incomplete or failed reply, why.</param>
/// <param name="Citations">Of a reply, which text is based on which sources.</param>
/// <param name="Feedback">Of a reply, the user's rating, if there is one.</param>
internal sealed record UiMessageMetadata(
    Guid RoomId,
    long MessageId,
    string Status,
    DateTimeOffset CreatedAt,
    long? ReplyTo = null,
    ImmutableArray<long>? Siblings = null,
    string? Model = null,
    UsageResponse? Usage = null,
    MessageError? Error = null,
    ImmutableArray<CitationResponse>? Citations = null,
    FeedbackResponse? Feedback = null)
{
    public static UiMessageMetadata Of(RoomMessage message, Guid roomId)
    {
        var known = MessageResponse.Of(message);
        return new UiMessageMetadata(
            roomId, known.Id, known.Status, known.Timestamp, known.ReplyTo, known.Siblings, known.Model, known.Usage, known.Error, known.Citations, known.Feedback);
    }
}

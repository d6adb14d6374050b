using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace GeminiChat.Gateway.AiSdk;

/// <summary>What <c>useChat</c> sends. Only the newest message of the user is read: the service has the history.</summary>
/// <param name="Id">The chat: the id of a room, or any other text, which names a room of the user's own.</param>
/// <param name="Messages">The messages.</param>
/// <param name="Trigger"><c>submit-message</c>, or <c>regenerate-message</c> for another reply.</param>
/// <param name="MessageId">The message of the user that is edited, or the reply that is to be replaced.</param>
/// <param name="Model">The model that answers; when absent, the room's, or the default of the caller's tier.</param>
/// <param name="Thinking">How much the model thinks: <c>minimal</c>, <c>low</c>, <c>medium</c> or <c>high</c>.</param>
/// <param name="Search">Whether the model may search the web.</param>
internal sealed record ChatRequest(
    [property: Required, StringLength(ChatPath.MaxLength, MinimumLength = 1), Visible] string? Id,
    UiMessageInput[]? Messages,
    [property: AllowedValues(ChatRequest.Submit, ChatRequest.Regenerate, ErrorMessage = "{0} must be submit-message or regenerate-message.")] string? Trigger = null,
    [property: JsonPropertyName("messageId"), StringLength(SizeLimits.MaxIdempotencyKeyLength, MinimumLength = 1)] string? MessageId = null,
    string? Model = null,
    string? Thinking = null,
    bool? Search = null) : IRequestBody
{
    public const string Submit = "submit-message";
    public const string Regenerate = "regenerate-message";

    public bool AsksForAnotherReply() => Trigger is Regenerate;

    /// <summary>The newest message of the user; null when the request has none.</summary>
    public UiMessageInput? FindQuestion() => Messages?.LastOrDefault(static message => message.Role is UiMessage.UserRole);

    public string? Validate() =>
        Id?.Contains('/', StringComparison.Ordinal) is true ? "id must not have a slash."
        : FindQuestion() is null && !(AsksForAnotherReply() && MessageId is not null) ? "messages must have a message of the user."
        : FindQuestion() is { } question && !IdempotencyKey.IsValid(question.Id) ? "The id of a message must be 1 to 255 visible ASCII characters."
        : null;
}

/// <summary>A message of <c>useChat</c>.</summary>
/// <param name="Id">Its id. Of a new message it is the idempotency key.</param>
/// <param name="Role"><c>user</c>, or another role, which is not read.</param>
/// <param name="Parts">Its text and files; other parts are not read.</param>
internal sealed record UiMessageInput(string? Id, string? Role, UiPartInput?[]? Parts)
{
    /// <summary>The text parts, a line each.</summary>
    public string GetText() => string.Join('\n', (Parts ?? []).Where(static part => part?.Type is "text").Select(static part => part!.Text));

    public IEnumerable<UiPartInput> GetFiles() => (Parts ?? []).OfType<UiPartInput>().Where(static part => part.Type is "file");
}

/// <summary>A part of a message of <c>useChat</c>.</summary>
/// <param name="Type"><c>text</c> or <c>file</c>.</param>
/// <param name="Text">The text.</param>
/// <param name="Url">The address of the content of an uploaded file, or a data URL with base64.</param>
/// <param name="Filename">The name of the file in a data URL.</param>
internal sealed record UiPartInput(string? Type, string? Text = null, FileUrl? Url = null, string? Filename = null);

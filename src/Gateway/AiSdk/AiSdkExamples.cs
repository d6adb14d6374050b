namespace GeminiChat.Gateway.AiSdk;

/// <summary>Examples for the OpenAPI document.</summary>
internal static class AiSdkExamples
{
    private const string Question = "Why is the sky blue?";
    private const string First = "Air scatters ";
    private const string Rest = "blue light more than red.";
    private const string Suggestions = "<a href=\"https://www.google.com/search?q=sky\">sky</a>";
    private const string Model = "gemini-3.8-flash";

    public static ChatRequest Request { get; } = new(
        Example.ChatId, [new UiMessageInput("dQ3kV0nTzZf8Xw2p", UiMessage.UserRole, [new UiPartInput("text", Question)])], ChatRequest.Submit);

    public static ChatRequest InvalidRequest { get; } = Request with { Messages = [] };

    public static ImmutableArray<UiMessage> Messages =>
    [
        UiMessage.Of(new RoomMessage(Example.MessageId, Sender.User, Question, Example.Time, MessageStatus.Completed), Example.RoomId, ""),
        UiMessage.Of(Reply, Example.RoomId, ""),
    ];

    public static UiMessage Stopped => UiMessage.Of(Reply with { Content = First, Status = MessageStatus.Stopped, Usage = null, Grounding = null }, Example.RoomId, "");

    public static string OlderMessages { get; } = $"</ai/chat/{Example.ChatId}/messages?limit=100&before=101>; rel=\"next\"";

    private static RoomMessage Pending { get; } = new(
        Example.ReplyId, Sender.Ai, "", Example.Time, MessageStatus.Queued, ReplyTo: Example.MessageId, Attempt: 1, ParentId: Example.MessageId);

    private static RoomMessage Reply { get; } = Pending with
    {
        Content = First + Rest,
        Status = MessageStatus.Completed,
        Model = Model,
        Usage = new TokenUsage(14, 9),
        Grounding = new ReplyGrounding([new WebSource("https://example.org/sky", "example.org")], [], Suggestions),
    };

    private static RoomMessage Failed { get; } = Pending with { Status = MessageStatus.Failed, Reason = EndReasons.ModelUnavailable };

    /// <summary>The chunks of a stream. They are made of the messages above.</summary>
    public static EventStreamDescription Chunks { get; } = new(
        nameof(UiMessageChunk),
        "A chunk of the UI message stream, version 1. `[DONE]` follows the last one.",
        Describe("start", "The first chunk.", new UiMessageChunk.StartChunk($"{Example.ReplyId}", MetadataOf(Pending))),
        Describe("start-step", "The parts of the reply follow.", new UiMessageChunk.StartStepChunk()),
        Describe("reasoning-start", "A part with thinking begins.", new UiMessageChunk.ReasoningStartChunk("0")),
        Describe("reasoning-delta", "The next piece of thinking.", new UiMessageChunk.ReasoningDeltaChunk("0", "The user asks about light.")),
        Describe("reasoning-end", "A part with thinking ends.", new UiMessageChunk.ReasoningEndChunk("0")),
        Describe("text-start", "A part with text begins.", new UiMessageChunk.TextStartChunk("1")),
        Describe("text-delta", "The next piece of the text.", new UiMessageChunk.TextDeltaChunk("1", First)),
        Describe("text-end", "A part with text ends.", new UiMessageChunk.TextEndChunk("1")),
        Describe("source-url", "A web page that the reply is based on.", new UiMessageChunk.SourceUrlChunk("0", "https://example.org/sky", "example.org")),
        Describe("data-search-suggestions", "Google's HTML, which must be shown with the reply, unchanged.", new UiMessageChunk.SearchSuggestionsChunk(Suggestions)),
        Describe("message-metadata", "Why a reply failed, before `error`.", new UiMessageChunk.MetadataChunk(MetadataOf(Failed))),
        Describe("finish-step", "The parts of the reply are complete.", new UiMessageChunk.FinishStepChunk()),
        Describe("finish", "The reply is stored. Only a stream with this chunk has a whole reply.", new UiMessageChunk.FinishChunk("stop", MetadataOf(Reply))),
        Describe("error", "There is no reply.", new UiMessageChunk.ErrorChunk("The model is unavailable.")));

    private static UiMessageMetadata MetadataOf(RoomMessage message) => UiMessageMetadata.Of(message, Example.RoomId);

    private static EventDescription Describe(string type, string description, UiMessageChunk chunk) =>
        EventDescription.Of(type, chunk.GetType().Name, description, chunk);
}


namespace GeminiChat.Gateway.AiSdk;

/// <summary>Examples for the OpenAPI document.</summary>
internal static class AiSdkExamples
{
    private const string Question = "Why is the sky blue?";
    private const string First = "Air scatters ";
    private const string Rest = "blue light more than red.";
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

    public static (string Name, Func<string> Text)[] Streams =>
    [
        ("finished", () => UiMessageChunkWriter.Text(chunks =>
        {
            Begin(chunks);
            chunks.WriteText("The user asks about light.", isThought: true);
            chunks.WriteText(First, isThought: false);
            chunks.WritePing();
            chunks.WriteText(Rest, isThought: false);
            UiMessageStream.WriteEnd(chunks, Reply, Example.RoomId);
        })),
        ("failed", () => UiMessageChunkWriter.Text(chunks =>
        {
            Begin(chunks);
            UiMessageStream.WriteEnd(
                chunks, Pending with { Status = MessageStatus.Failed, Reason = EndReasons.ModelUnavailable }, Example.RoomId);
        })),
    ];

    private static RoomMessage Pending { get; } = new(
        Example.ReplyId, Sender.Ai, "", Example.Time, MessageStatus.Queued, ReplyTo: Example.MessageId, Attempt: 1, ParentId: Example.MessageId);

    private static RoomMessage Reply { get; } = Pending with
    {
        Content = First + Rest,
        Status = MessageStatus.Completed,
        Model = Model,
        Usage = new TokenUsage(14, 9),
        Grounding = new ReplyGrounding([new WebSource("https://example.org/sky", "example.org")], [], "<a href=\"https://www.google.com/search?q=sky\">sky</a>"),
    };

    private static void Begin(UiMessageChunkWriter chunks) => UiMessageStream.WriteStart(chunks, UiMessageMetadata.Of(Pending, Example.RoomId));
}

using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>What the OpenAPI document shows of messages and their streams.</summary>
internal static class MessageExamples
{
    public const string Question = "Why is the sky blue?";
    public const string Answer = First + Rest;

    private const string First = "Air scatters ";
    private const string Rest = "blue light more than red.";
    private const string Model = "gemini-3.8-flash";

    private static readonly string End = $"1-{Answer.Length}-end";

    public static string Path { get; } = RoomPath.Of(Example.RoomId.ToString(), Example.ReplyId);

    public static PostMessageRequest Post { get; } = new(Question);

    public static PostMessageRequest InvalidPost { get; } = new(Content: "");

    public static MessageResponse Asked { get; } = new(Example.MessageId, "user", Question, Example.Time, "completed");

    public static MessageResponse Finished { get; } = new(
        Example.ReplyId, "ai", Answer, Example.Time, "completed", Example.MessageId, Model: Model, Usage: new UsageResponse(14, 9));

    public static MessageResponse Stopped { get; } = Finished with { Content = First, Status = "stopped", Usage = null };

    public static AcceptedResponse Accepted { get; } = new(
        Asked, new(Example.ReplyId, "ai", "", Example.Time, "queued", Example.MessageId, Attempt: 1, Cursor: "1-0"), Position: 0);

    public static (string Name, Func<string> Text)[] Followed =>
    [
        ("done", () => EventWriter.Text(events =>
        {
            events.Accepted(At(1, 0), Accepted);
            events.Token(At(1, First.Length), First);
            events.Comment("ping"u8);
            events.Token(At(1, Answer.Length), Rest);
            events.Event("done", End, Finished, Json.Context.MessageResponse);
        })),
        ("failed", () => EventWriter.Text(events =>
        {
            events.Accepted(At(1, 0), Accepted);
            events.Error(MessageError.Problem(EndReasons.ModelUnavailable, Path), "1-0-end");
        })),
        ("server_leaves", () => EventWriter.Text(events =>
        {
            events.Accepted(At(1, 0), Accepted);
            events.Token(At(1, First.Length), First);
            events.Reconnect();
        })),
    ];

    public static (string Name, Func<string> Text)[] Attached =>
    [
        .. Followed,
        ("reads_on", () => EventWriter.Text(events =>
        {
            events.Comment("reading on"u8);
            events.Token(At(1, Answer.Length), Rest);
            events.Event("done", End, Finished, Json.Context.MessageResponse);
        })),
        ("begins_anew", () => EventWriter.Text(events =>
        {
            events.Comment("reading on"u8);
            events.Reset(2);
            events.Token(At(2, Answer.Length), Answer);
            events.Event("done", $"2-{Answer.Length}-end", Finished, Json.Context.MessageResponse);
        })),
        ("room_deleted", () => EventWriter.Text(events => events.Error(ChatroomProblems.Deleted.Body(Path), id: null))),
    ];

    private static ReplyCursor At(int attempt, int offset) => new(attempt, offset);
}

using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Examples for the OpenAPI document.</summary>
internal static class MessageExamples
{
    public const string Question = "Why is the sky blue?";
    public const string Answer = First + Rest;
    public const string Thoughts = "The user asks about light. ";

    private const string First = "Air scatters ";
    private const string Rest = "blue light more than red.";
    private const string Model = "gemini-3.8-flash";

    private static readonly string End = $"1-{Answer.Length}-end";

    public static string Path { get; } = RoomPath.Of(Example.RoomId.ToString(), Example.ReplyId);

    public static PostMessageRequest Post { get; } = new(Question);

    public static PostMessageRequest InvalidPost { get; } = new(Content: "");

    public static RegenerateReplyRequest Regenerate { get; } = new(Model, ReplyOptionsMapping.High, Search: true);

    public static RegenerateReplyRequest InvalidRegenerate { get; } = new(Thinking: "much");

    public static MessageResponse Asked { get; } = new(Example.MessageId, "user", Question, Example.Time, "completed");

    public static MessageResponse Finished { get; } = new(
        Example.ReplyId, "ai", Answer, Example.Time, "completed", Example.MessageId, Model: Model, Usage: new UsageResponse(14, 9), ParentId: Example.MessageId)
    {
        Sources = [new("https://example.org/sky", "example.org")],
        Citations = [new(First.Length, Answer.Length, [0])],
        SearchSuggestions = "<a href=\"https://www.google.com/search?q=sky\">sky</a>",
    };

    public static MessageResponse Stopped { get; } = Finished with { Content = First, Status = "stopped", Usage = null, Sources = null, Citations = null, SearchSuggestions = null };

    public static FeedbackRequest Feedback { get; } = new(FeedbackResponse.Up, "Short and clear.");

    public static FeedbackRequest InvalidFeedback { get; } = new("good");

    public static MessageResponse Rated { get; } = Finished with { Feedback = new FeedbackResponse(FeedbackResponse.Up, "Short and clear.") };

    public static AcceptedResponse Accepted { get; } = new(
        Asked, new(Example.ReplyId, "ai", "", Example.Time, "queued", Example.MessageId, Attempt: 1, Cursor: "1-0", ParentId: Example.MessageId), Position: 0);

    /// <summary>Of a post as text: what can go wrong before the first text.</summary>
    public static Problem[] EarlyFailures { get; } =
    [
        MessageError.ToProblem(EndReasons.Safety), MessageError.ToProblem(EndReasons.ModelUnavailable), MessageError.ToProblem(EndReasons.ModelError),
        MessageError.ToProblem(EndReasons.ModelTimeout), ReplyTextStream.Interrupted,
    ];

    /// <summary>Streams of the routes that have other formats too.</summary>
    public static (string Name, Func<string> Text)[] ReplyStreams =>
    [
        ("done", () => Stream(events =>
        {
            events.WriteEvent("accepted", At(1, 0), Accepted);
            events.WriteText("token", new ReplyCursor(1, First.Length), First);
            events.WriteComment("ping"u8);
            events.WriteText("token", new ReplyCursor(1, Answer.Length), Rest);
            events.WriteEvent("done", End, Finished);
        })),
        ("thinking", () => Stream(events =>
        {
            events.WriteEvent("accepted", At(1, 0), Accepted);
            events.WriteText("thought", new ReplyCursor(1, Thoughts.Length), Thoughts);
            events.WriteText("token", new ReplyCursor(1, Thoughts.Length + Answer.Length), Answer);
            events.WriteEvent(
                "done",
                $"1-{Thoughts.Length + Answer.Length}-end",
                Finished with { Thoughts = Thoughts, Usage = new UsageResponse(14, 17, ThoughtTokens: 8), Siblings = [Example.ReplyId, Example.ReplyId + 2] });
        })),
        ("failed", () => Stream(events =>
        {
            events.WriteEvent("accepted", At(1, 0), Accepted);
            events.WriteError(MessageError.ToProblem(EndReasons.ModelUnavailable).ToBody(Path), "1-0-end");
        })),
        ("server_leaves", () => Stream(events =>
        {
            events.WriteEvent("accepted", At(1, 0), Accepted);
            events.WriteText("token", new ReplyCursor(1, First.Length), First);
            events.WriteReconnect();
        })),
    ];

    public static (string Name, Func<string> Text)[] AttachedReplyStreams =>
    [
        .. ReplyStreams,
        ("reads_on", () => Stream(events =>
        {
            events.WriteText("token", new ReplyCursor(1, Answer.Length), Rest);
            events.WriteEvent("done", End, Finished);
        })),
        ("begins_anew", () => Stream(events =>
        {
            events.WriteReset(2);
            events.WriteText("token", new ReplyCursor(2, Answer.Length), Answer);
            events.WriteEvent("done", $"2-{Answer.Length}-end", Finished);
        })),
        ("room_deleted", () => Stream(events => events.WriteError(ChatroomProblems.Deleted.ToBody(Path), id: null))),
    ];

    private static string At(int attempt, int offset) => new ReplyCursor(attempt, offset).ToString();

    private static string Stream(Action<EventStreamWriter> write) => EventStreamWriter.Text(events =>
    {
        events.WriteRetry();
        write(events);
    });
}

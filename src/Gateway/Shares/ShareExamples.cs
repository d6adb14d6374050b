using GeminiChat.Gateway.Chatrooms;

namespace GeminiChat.Gateway.Shares;

/// <summary>Examples for the OpenAPI document.</summary>
internal static class ShareExamples
{
    private static readonly DateTimeOffset Expiry = new(2099, 12, 31, 0, 0, 0, TimeSpan.Zero);

    private static readonly RoomShare Share = new(Example.ShareId, "", default, Example.ReplyId, RoomExamples.Name, Example.Time, Expiry);

    private static readonly SharedConversation Conversation = new(
        Share,
        [
            new RoomMessage(Example.MessageId, Sender.User, MessageExamples.Question, Example.Time, MessageStatus.Completed),
            new RoomMessage(Example.ReplyId, Sender.Ai, MessageExamples.Answer, Example.Time, MessageStatus.Completed),
        ],
        Next: Example.ReplyId);

    public static CreateShareRequest Create { get; } = new(Expiry);

    public static CreatedShareResponse Created { get; } = CreatedShareResponse.Of(Share, Example.ShareToken, "https://chat.example.org");

    public static ImmutableArray<ShareResponse> List { get; } = [ShareResponse.Of(Share)];

    public static string NextShares =>
        $"<{SharePath.ListOf(Example.RoomId.ToString())}?limit=50&cursor={ShareListQuery.ToCursor(Share)}>; rel=\"next\"";

    public static SharedResponse Shared { get; } = SharedResponse.Of(Conversation);

    public static string Page => SharePage.Write(Conversation, Example.ShareToken, new Dictionary<long, string>());
}

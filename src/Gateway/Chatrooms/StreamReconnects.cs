using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// Requests that a client of event streams sends again by itself when a stream breaks: the same once more, with
/// <c>Last-Event-ID</c>. They mean the reply that has begun, and must not ask for another one.
/// </summary>
internal static class StreamReconnects
{
    /// <summary>The reply that a repeated post means: that to the room's newest question, if it has this content.</summary>
    public static async Task<RoomMessage?> FindReplyOfPost(IChatroomGrain room, string content, HttpContext http)
    {
        if (!IsReconnect(http.Request)
            || await GrainCalls.RetryAsync(() => room.Read(SizeLimits.MaxMessagesPerPage, before: null), http.RequestAborted) is not { } page)
        {
            return null;
        }

        var question = page.Messages.LastOrDefault(message => message.Sender is Sender.User);
        return question?.Content == content ? page.Messages.LastOrDefault(message => message.ReplyTo == question.Id) : null;
    }

    /// <summary>The reply that a repeated regenerate means: that in the place of the one it names.</summary>
    public static async Task<RoomMessage?> FindReplyOfRegenerate(IChatroomGrain room, long replyId, HttpContext http) =>
        IsReconnect(http.Request) && await Find(room, replyId, http) is { SupersededBy: { } newer } ? await Find(room, newer, http) : null;

    private static bool IsReconnect(HttpRequest request) =>
        LastEventId.Of(request) is not null && ReplyFormats.OfReply(request.Headers.Accept) is ReplyFormat.EventStream;

    private static Task<RoomMessage?> Find(IChatroomGrain room, long id, HttpContext http) =>
        GrainCalls.RetryAsync(() => room.ReadMessage(id), http.RequestAborted);
}

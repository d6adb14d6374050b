using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// When a stream breaks, a client of event streams sends the same request again, with <c>Last-Event-ID</c>. Such a request
/// continues the reply that has begun. It must not start another one. Of a request with an idempotency key, the room knows whether
/// it is a repeat. Of the others, their content tells.
/// </summary>
internal static class StreamReconnects
{
    /// <summary>Whether the client has read events of the reply before.</summary>
    public static bool IsReconnect(HttpContext http) =>
        LastEventId.Of(http.Request) is not null && ReplyFormats.OfReply(http) is ReplyFormat.EventStream;

    /// <summary>The reply of a repeated post: the reply to the room's newest question if the content is the same.</summary>
    public static Task<RoomMessage?> FindReplyOfPost(IdempotencyKey key, IChatroomGrain room, string content, HttpContext http) =>
        FindReplyToNewest(key, room, question => question.Content == content, http);

    /// <summary>The reply of a repeated edit: the same if the newest question is a version of the edited one.</summary>
    public static Task<RoomMessage?> FindReplyOfEdit(IdempotencyKey key, IChatroomGrain room, long messageId, string content, HttpContext http) =>
        FindReplyToNewest(
            key,
            room,
            question => question.Content == content && !question.Siblings.IsDefault && question.Id != messageId && question.Siblings.Contains(messageId),
            http);

    /// <summary>The reply of a repeated regenerate: the one that superseded the given reply.</summary>
    public static async Task<RoomMessage?> FindReplyOfRegenerate(IdempotencyKey key, IChatroomGrain room, long replyId, HttpContext http) =>
        key.Value is null && IsReconnect(http) && await Find(room, replyId, http) is { SupersededBy: { } newer } ? await Find(room, newer, http) : null;

    private static async Task<RoomMessage?> FindReplyToNewest(
        IdempotencyKey key, IChatroomGrain room, Func<RoomMessage, bool> isRepeated, HttpContext http)
    {
        if (key.Value is not null
            || !IsReconnect(http)
            || await GrainCalls.RetryAsync(() => room.Read(SizeLimits.MaxMessagesPerPage, before: null), http.RequestAborted) is not { } page)
        {
            return null;
        }

        var question = page.Messages.LastOrDefault(message => message.Sender is Sender.User);
        return question is not null && isRepeated(question) ? page.Messages.LastOrDefault(message => message.ReplyTo == question.Id) : null;
    }

    private static Task<RoomMessage?> Find(IChatroomGrain room, long id, HttpContext http) =>
        GrainCalls.RetryAsync(() => room.ReadMessage(id), http.RequestAborted);
}

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// Reads the messages of a room up to one of them in the order of the conversation: each question with all its replies
/// behind it, the one that is shown last. Only a page is in memory, and the ids of the replies that were made again.
/// </summary>
/// <param name="room">The room.</param>
/// <param name="last">The id of the last message; what comes later is not seen.</param>
internal sealed class ConversationReader(IChatroomGrain room, long last)
{
    private readonly Dictionary<long, List<long>> _laterReplies = [];

    /// <summary>Passes the messages on.</summary>
    /// <returns>False when the room was deleted meanwhile.</returns>
    public async Task<bool> ReadAsync(Func<RoomMessage, Task> write, CancellationToken cancellation) =>
        await FindLaterReplies(cancellation) && await ReadPages(
            async message =>
            {
                if (IsLaterReply(message))
                {
                    return true;
                }

                await write(AsOfSnapshot(message));
                return message.ReplyTo is not { } question || await ReadLaterReplies(question, write, cancellation);
            },
            cancellation);

    private Task<bool> FindLaterReplies(CancellationToken cancellation) => ReadPages(
        message =>
        {
            if (IsLaterReply(message))
            {
                var question = message.ReplyTo!.Value;
                (_laterReplies.TryGetValue(question, out var known) ? known : _laterReplies[question] = []).Add(message.Id);
            }

            return Task.FromResult(true);
        },
        cancellation);

    private async Task<bool> ReadLaterReplies(long question, Func<RoomMessage, Task> write, CancellationToken cancellation)
    {
        foreach (var id in _laterReplies.GetValueOrDefault(question) ?? [])
        {
            if (await GrainCalls.RetryAsync(() => room.ReadMessage(id), cancellation) is not { } reply)
            {
                return false;
            }

            await write(AsOfSnapshot(reply));
        }

        return true;
    }

    private async Task<bool> ReadPages(Func<RoomMessage, Task<bool>> take, CancellationToken cancellation)
    {
        var count = SizeLimits.MaxMessagesPerPage;
        for (var first = 1L; first <= last;)
        {
            var (start, end) = (first, Math.Min(first + count, last + 1));
            var page = await GrainCalls.RetryAsync(() => room.Read((int)(end - start), end), cancellation);
            if (page is null)
            {
                return false;
            }

            // A page has fewer messages than asked for when their text is too long together, and those are the newest.
            if (page.Messages is [var oldest, ..] && oldest.Id > first)
            {
                count = Math.Max(1, (int)(end - oldest.Id) / 2);
                continue;
            }

            foreach (var message in page.Messages)
            {
                if (!await take(message))
                {
                    return false;
                }
            }

            first = end;
            count = Math.Min(2 * count, SizeLimits.MaxMessagesPerPage);
        }

        return true;
    }

    // A first reply's id follows its question's.
    private static bool IsLaterReply(RoomMessage message) => message.ReplyTo is { } question && message.Id != question + 1;

    // A reply that comes after the last message was put in the place of all earlier ones.
    private RoomMessage AsOfSnapshot(RoomMessage message)
    {
        if (message is not { SupersededBy: { } by, ReplyTo: { } question } || by <= last)
        {
            return message;
        }

        var newest = _laterReplies.TryGetValue(question, out var later) ? later[^1] : message.Id;
        return message with { SupersededBy = newest == message.Id ? null : newest };
    }
}

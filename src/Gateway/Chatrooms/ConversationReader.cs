namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// Reads the messages of a room in the order of the conversation: after each question come all its replies, the current one
/// last. Only one page is in memory, and the ids of regenerated replies.
/// </summary>
/// <param name="room">The room.</param>
/// <param name="last">The id of the last message. Later messages are ignored.</param>
internal sealed class ConversationReader(IChatroomGrain room, long last)
{
    private readonly Dictionary<long, List<long>> _laterReplies = [];

    /// <summary>Returns false if the room was deleted meanwhile.</summary>
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

            // If the text is too long for one page, the page has only the newest of the messages.
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

    // The id of a first reply is the id of its question plus one.
    private static bool IsLaterReply(RoomMessage message) => message.ReplyTo is { } question && message.Id != question + 1;

    // A reply after the last message superseded all earlier ones, so SupersededBy has to be restored.
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

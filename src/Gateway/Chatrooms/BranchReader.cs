namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Reads the messages of a branch in the order of the conversation. Only one page is in memory.</summary>
internal static class BranchReader
{
    /// <summary>Returns false if the room was deleted meanwhile.</summary>
    /// <param name="room">The room.</param>
    /// <param name="ranges">The branch. Later messages are left out, also as siblings and as newer replies.</param>
    /// <param name="take">Gets each message.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<bool> ReadAsync(
        IChatroomGrain room, ImmutableArray<IdRange> ranges, Func<RoomMessage, Task> take, CancellationToken cancellationToken)
    {
        var last = ranges is [.., var end] ? end.Last : 0;
        var count = SizeLimits.MaxMessagesPerPage;
        foreach (var range in ranges)
        {
            for (var first = range.First; first <= range.Last;)
            {
                var (start, next) = (first, Math.Min(first + count, range.Last + 1));
                var page = await GrainCalls.RetryAsync(() => room.Read((int)(next - start), next), cancellationToken);
                if (page is null)
                {
                    return false;
                }

                // If the text is too long for one page, the page has only the newest of the messages.
                if (page.Messages is [var oldest, ..] && oldest.Id > first)
                {
                    count = Math.Max(1, (int)(next - oldest.Id) / 2);
                    continue;
                }

                foreach (var message in page.Messages)
                {
                    await take(AsOf(last, message));
                }

                first = next;
                count = Math.Min(2 * count, SizeLimits.MaxMessagesPerPage);
            }
        }

        return true;
    }

    private static RoomMessage AsOf(long last, RoomMessage message)
    {
        ImmutableArray<long> siblings = message.Siblings.IsDefault ? [message.Id] : [.. message.Siblings.Where(id => id <= last)];
        long? newer = siblings[^1] == message.Id ? null : siblings[^1];
        return message with
        {
            Siblings = siblings.Length > 1 ? siblings : default,
            SupersededBy = message.SupersededBy > last ? newer : message.SupersededBy,
        };
    }
}

using System.Text.Json;

namespace GeminiChat.Gateway.Shares;

/// <summary>A page of the branch that is shared.</summary>
/// <param name="Share">The share.</param>
/// <param name="Messages">In the order of the conversation.</param>
/// <param name="Next">Where the next page begins: after this message. Null on the last page.</param>
internal sealed record SharedConversation(RoomShare Share, ImmutableArray<RoomMessage> Messages, long? Next)
{
    /// <summary>Null if there is no such share. An unknown token activates no room.</summary>
    public static async Task<SharedConversation?> ReadAsync(SharedQuery query, IGrainFactory grains, CancellationToken cancellation)
    {
        if (await GrainCalls.RetryAsync(() => grains.Shares().Find(query.TokenHash), cancellation) is not { } share)
        {
            return null;
        }

        var room = grains.Chatroom(share.Room);
        return await GrainCalls.RetryAsync(() => room.GetBranch(share.LastId), cancellation) is { } branch
            ? await ReadPage(share, room, branch, query.After, cancellation)
            : null;
    }

    private static async Task<SharedConversation?> ReadPage(
        RoomShare share, IChatroomGrain room, RoomBranch branch, long after, CancellationToken cancellation)
    {
        var page = ImmutableArray.CreateBuilder<RoomMessage>();
        var (bytes, count) = (0, SizeLimits.MaxMessagesPerPage);
        for (var next = FindNext(branch, after); next is { } first;)
        {
            var end = Math.Min(first + count, branch.GetHead()!.Value + 1);
            if (await GrainCalls.RetryAsync(() => room.Read((int)(end - first), end), cancellation) is not { Messages: var messages })
            {
                return null;
            }

            // If the text is too long for one read, only the newest of the messages are there.
            if (messages is [var oldest, ..] && oldest.Id > first)
            {
                count = Math.Max(1, (int)(end - oldest.Id) / 2);
                continue;
            }

            foreach (var message in messages.Where(message => IsIn(branch, message.Id)))
            {
                bytes += CountBytes(message);
                if (page.Count == SizeLimits.MaxMessagesPerPage || (page.Count > 0 && bytes > SizeLimits.MaxPageBytes))
                {
                    return new SharedConversation(share, page.ToImmutable(), page[^1].Id);
                }

                page.Add(message);
            }

            next = FindNext(branch, end - 1);
        }

        return new SharedConversation(share, page.ToImmutable(), Next: null);
    }

    /// <summary>The first message of the branch after an id; null if there is none. Ids grow along a branch.</summary>
    private static long? FindNext(RoomBranch branch, long id)
    {
        foreach (var range in branch.Ranges)
        {
            if (range.Last > id)
            {
                return Math.Max(range.First, id + 1);
            }
        }

        return null;
    }

    private static bool IsIn(RoomBranch branch, long id) => branch.Ranges.Any(range => range.Contains(id));

    private static int CountBytes(RoomMessage message) =>
        JsonSerializer.SerializeToUtf8Bytes(SharedMessageResponse.Of(message), Json.Context.SharedMessageResponse).Length;
}

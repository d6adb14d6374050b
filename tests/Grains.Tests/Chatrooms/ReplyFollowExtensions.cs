using System.Text;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Grains.Tests.Chatrooms;

/// <summary>What a reader of a reply does.</summary>
internal static class ReplyFollowExtensions
{
    /// <summary>Follows a reply to its end.</summary>
    public static async Task<(string Text, RoomMessage End)> ReadToEnd(
        this IChatroomGrain room, long replyId, ReplyCursor from = default)
    {
        var text = new StringBuilder();
        var cursor = from == default ? new ReplyCursor(1, 0) : from;
        using var deadline = Deadline.Start();
        while (true)
        {
            deadline.Token.ThrowIfCancellationRequested();
            var progress = await room.Follow(replyId, cursor, deadline.Token)
                ?? throw new InvalidOperationException("There is no such reply.");
            if (progress.IsReset)
            {
                text.Clear();
            }

            text.Append(progress.Text);
            cursor = progress.Next;
            if (progress.FinishedReply is { } end)
            {
                return (text.ToString(), end);
            }
        }
    }

    /// <summary>Follows a reply until its text is this.</summary>
    public static async Task<ReplyCursor> ReadUntil(this IChatroomGrain room, long replyId, string expected, ReplyCursor from = default)
    {
        var text = "";
        var cursor = from == default ? new ReplyCursor(1, 0) : from;
        using var deadline = Deadline.Start();
        while (text != expected)
        {
            deadline.Token.ThrowIfCancellationRequested();
            var progress = await room.Follow(replyId, cursor, deadline.Token)
                ?? throw new InvalidOperationException("There is no such reply.");
            text = progress.IsReset ? progress.Text : text + progress.Text;
            cursor = progress.Next;
            Assert.StartsWith(text, expected, StringComparison.Ordinal);
        }

        return cursor;
    }
}

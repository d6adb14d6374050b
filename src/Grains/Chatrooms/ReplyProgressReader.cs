namespace GeminiChat.Grains.Chatrooms;

/// <summary>Reads the text of a reply after a cursor.</summary>
internal static class ReplyProgressReader
{
    /// <summary>Reads from a reply that is being written; null when there is nothing new.</summary>
    public static ReplyProgress? Read(Turn turn, ReplyCursor from)
    {
        if (!turn.IsOwned)
        {
            // This attempt has not started yet, so it has no text.
            return null;
        }

        var isReset = from.Attempt != turn.Reply.Attempt || !turn.Text.IsBoundary(from.Offset);
        var offset = isReset ? 0 : from.Offset;
        if (!isReset && offset == turn.Text.Length)
        {
            return null;
        }

        var text = turn.Text.Slice(offset, IChatroomGrain.MaxChunkLength);
        return new ReplyProgress(new(turn.Reply.Attempt, offset + text.Length), isReset, text, FinishedReply: null);
    }

    /// <summary>Reads from a finished reply.</summary>
    public static ReplyProgress Read(RoomMessage finished, ReplyCursor from)
    {
        var isReset = from.Attempt != finished.Attempt || !ReplyText.IsBoundary(from.Offset, finished.Content);
        var offset = isReset ? 0 : from.Offset;
        var next = Math.Min(finished.Content.Length, offset + IChatroomGrain.MaxChunkLength);
        if (!ReplyText.IsBoundary(next, finished.Content))
        {
            next--;
        }

        var end = next == finished.Content.Length ? finished : null;
        return new ReplyProgress(new(finished.Attempt, next), isReset, finished.Content[offset..next], end);
    }
}

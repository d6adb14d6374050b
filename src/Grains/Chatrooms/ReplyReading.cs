using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>What a reader finds beyond a cursor.</summary>
internal static class ReplyReading
{
    /// <summary>Of a reply that is being written; null when there is nothing new.</summary>
    public static ReplyProgress? Read(Turn turn, ReplyCursor from)
    {
        if (!turn.IsOwned)
        {
            // Its attempt is about to begin; until then nobody knows a text of it.
            return null;
        }

        var isReset = from.Attempt != turn.Reply.Attempt || !turn.Text.IsBoundary(from.Offset);
        var offset = isReset ? 0 : from.Offset;
        return isReset || offset < turn.Text.Length
            ? new ReplyProgress(new(turn.Reply.Attempt, turn.Text.Length), isReset, turn.Text.From(offset), End: null)
            : null;
    }

    /// <summary>Of a finished reply.</summary>
    public static ReplyProgress Read(RoomMessage finished, ReplyCursor from)
    {
        var isReset = from.Attempt != finished.Attempt || !ReplyText.IsBoundary(from.Offset, finished.Content);
        var offset = isReset ? 0 : from.Offset;
        var end = new ReplyCursor(finished.Attempt, finished.Content.Length);
        return new ReplyProgress(end, isReset, finished.Content[offset..], finished);
    }
}

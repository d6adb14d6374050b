namespace GeminiChat.Grains.Chatrooms;

/// <summary>Feedback: what the user thinks of a reply.</summary>
internal sealed partial class ChatroomGrain
{
    public async Task<RoomMessage?> SetFeedback(long replyId, MessageFeedback? feedback)
    {
        DeactivateIfAbsent();
        ThrowIfStale();
        if (_room is not { } room || await Find(room, replyId) is not { Sender: Sender.Ai } reply)
        {
            return null;
        }

        if (room.FindPendingTurn(replyId) is { } turn)
        {
            return turn.GetCurrent();
        }

        // The store keeps the order of the calls, so the last one is also the last one that is applied here. The store has no
        // such reply only if the room has been deleted.
        return await services.Rooms.SetFeedback(_key, replyId, feedback) ? room.ApplyFeedback(reply, feedback) : null;
    }
}

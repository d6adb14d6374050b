namespace GeminiChat.Grains.Chatrooms;

/// <summary>Reading: messages and the text of replies.</summary>
internal sealed partial class ChatroomGrain
{
    public async Task<RoomView?> Read(int limit, long? before)
    {
        DeactivateIfAbsent();
        return _room is null ? null : await _room.GetView(limit, before);
    }

    public async Task<RoomMessage?> ReadMessage(long messageId)
    {
        DeactivateIfAbsent();
        return _room is { } room && await Find(room, messageId) is { } message ? room.GetCurrent(message) : null;
    }

    public async Task<ReplyProgress?> Follow(long replyId, ReplyCursor from, CancellationToken cancellationToken)
    {
        DeactivateIfAbsent();
        var began = services.Time.GetTimestamp();
        while (_room?.FindPendingTurn(replyId) is { } turn)
        {
            ThrowIfStale();
            if (ReadAfter(from, turn) is { } progress)
            {
                return progress;
            }

            var left = IChatroomGrain.LongPollTimeout - services.Time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || _isMigrating || cancellationToken.IsCancellationRequested)
            {
                return EmptyProgress(from);
            }

            await turn.Updated.WaitAsync(left, services.Time, cancellationToken);
        }

        return _room is { } room && await Find(room, replyId) is { Sender: Sender.Ai } finished ? ReadAfter(from, finished) : null;
    }

    /// <summary>Finds a message in memory or in the store.</summary>
    /// <remarks>
    /// This activation may not know an id that another activation has assigned. That happens while silos disagree about
    /// the members of the cluster. This activation is then out of date and deactivates. A retry reaches the other
    /// activation.
    /// </remarks>
    private async ValueTask<RoomMessage?> Find(Room room, long id)
    {
        if (id < room.Row.NextId || await services.Rooms.ReadMessage(_key, id) is null)
        {
            return await room.Conversation.Find(id);
        }

        await ResolveUnknownCommitUnlessCommitting(room);
        if (room.Conversation.FindInMemory(id) is { } message)
        {
            return message;
        }

        if (_committing > 0)
        {
            throw new StoreUnavailableException($"Message {id} of room {_key.RoomId} may be part of the running commit.");
        }

        var stale = StaleActivation.ForRoom(_key);
        Relinquish(stale);
        throw stale;
    }

    /// <summary>Reads the text of a reply that is being written, after a cursor; null when there is nothing new.</summary>
    private static ReplyProgress? ReadAfter(ReplyCursor from, Turn turn)
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

    /// <summary>Reads the text of a finished reply after a cursor.</summary>
    private static ReplyProgress ReadAfter(ReplyCursor from, RoomMessage finished)
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

    /// <summary>An empty result: the reader must ask again.</summary>
    private static ReplyProgress EmptyProgress(ReplyCursor from) => new(from, IsReset: false, Text: "", FinishedReply: null);
}

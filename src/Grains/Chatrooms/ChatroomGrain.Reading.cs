namespace GeminiChat.Grains.Chatrooms;

/// <summary>Reading: messages and the text of replies.</summary>
internal sealed partial class ChatroomGrain
{
    public async Task<RoomView?> Read(int limit, long? before)
    {
        DeactivateIfAbsent();
        return _room is null ? null : await _room.GetView(limit, before, isBranch: false);
    }

    public async Task<RoomView?> ReadBranch(int limit, long? before)
    {
        DeactivateIfAbsent();
        return _room is null ? null : await _room.GetView(limit, before, isBranch: true);
    }

    public async Task<RoomBranch?> GetBranch(long? last)
    {
        DeactivateIfAbsent();
        return _room is { } room && (last is null || await Find(room, last.Value) is not null)
            ? room.GetBranch(last ?? room.Conversation.Head ?? 0)
            : null;
    }

    public async Task<RoomMessage?> ReadMessage(long messageId)
    {
        DeactivateIfAbsent();
        return _room is { } room && await Find(room, messageId) is { } message ? room.GetCurrent(message) : null;
    }

    public async Task<RoomMessage?> FindMessageOfKey(string idempotencyKey)
    {
        DeactivateIfAbsent();
        return _room is { } room && await services.Rooms.FindTurn(_key, idempotencyKey) is { } stored && await Find(room, stored.Message.Id) is { } message
            ? room.GetCurrent(message)
            : null;
    }

    public async Task<ReplyProgress?> Follow(long replyId, ReplyCursor from, CancellationToken cancellationToken)
    {
        DeactivateIfAbsent();
        var began = services.Time.GetTimestamp();
        while (_room?.FindPendingTurn(replyId) is { } turn)
        {
            ThrowIfStale();
            if (turn.Read(from, out var updated) is { } progress)
            {
                return progress;
            }

            var left = IChatroomGrain.LongPollTimeout - services.Time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || _isMigrating || turn.Completion.IsFaulted || cancellationToken.IsCancellationRequested)
            {
                return EmptyProgress(from);
            }

            await updated.WaitAsync(left, services.Time, cancellationToken).SuppressThrowing();
        }

        return _room is { } room && await Find(room, replyId) is { Sender: Sender.Ai } finished
            ? ReplyProgressReader.Read(room.Conversation.WithParentAndSiblings(finished), from)
            : null;
    }

    public Task DeactivateIfIdle()
    {
        if (_room is not { PendingTurns.Count: > 0 } && _waiting.Count == 0 && _committing == 0 && _unknown is null
            && _creation is not { IsCompleted: false })
        {
            DeactivateOnIdle();
        }

        return Task.CompletedTask;
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
        DeactivateAsStale(stale);
        throw stale;
    }

    /// <summary>An empty result: the reader must ask again.</summary>
    private static ReplyProgress EmptyProgress(ReplyCursor from) => new(from, IsReset: false, Text: "", FinishedReply: null);
}

namespace GeminiChat.Grains.Chatrooms;

/// <summary>The part about reading.</summary>
internal sealed partial class ChatroomGrain
{
    public async Task<RoomView?> Read(int limit, long? before) =>
        _room is null ? Absent<RoomView>() : await _room.GetView(limit, before);

    public async Task<RoomMessage?> ReadMessage(long messageId)
    {
        if (_room is not { } room)
        {
            return Absent<RoomMessage>();
        }

        return await Find(room, messageId) is { } message ? room.GetCurrent(message) : null;
    }

    public async Task<ReplyProgress?> Follow(long replyId, ReplyCursor from, CancellationToken cancellationToken)
    {
        var began = services.Time.GetTimestamp();
        while (_room?.FindPendingTurn(replyId) is { } turn)
        {
            ThrowIfSuperseded();
            if (ReplyProgressReader.Read(turn, from) is { } progress)
            {
                return progress;
            }

            var left = IChatroomGrain.LongPollTimeout - services.Time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || _isMigrating || cancellationToken.IsCancellationRequested)
            {
                return EmptyProgress(from);
            }

            // Ending without news is no error, so it must not cost an exception.
            await turn.Updated.Next.WaitAsync(left, services.Time, cancellationToken).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        if (_room is null)
        {
            return Absent<ReplyProgress>();
        }

        var finished = await Find(_room, replyId);
        return finished is { Sender: Sender.Ai } ? ReplyProgressReader.Read(finished, from) : null;
    }

    /// <summary>Finds a message in memory or in the store.</summary>
    /// <remarks>
    /// An id that has not been given out here may have been by another activation, while silos disagree about who belongs
    /// to the cluster. Then this one is out of date, and goes: who asks again is answered by the other one.
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
            throw new StoreUnavailableException($"Message {id} of room {_key.RoomId} may be in this very commit.");
        }

        var lost = Superseded.ForRoom(_key);
        Relinquish(lost);
        throw lost;
    }

    /// <summary>What a reader gets who is to ask again.</summary>
    private static ReplyProgress EmptyProgress(ReplyCursor from) => new(from, IsReset: false, Text: "", FinishedReply: null);
}

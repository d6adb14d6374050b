using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Rules.Tests.Chatrooms;

/// <summary>A store with every message of the room.</summary>
internal sealed class StoredMessages : IRoomStore
{
    /// <summary>What was read, in its order.</summary>
    public List<string> Reads { get; } = [];

    public static RoomMessage NewMessage(long id, string text = "text") => new(id, Sender.User, text, default, MessageStatus.Completed);

    public Task<RoomMessage?> ReadMessage(RoomKey room, long messageId)
    {
        Reads.Add($"message {messageId}");
        return Task.FromResult<RoomMessage?>(NewMessage(messageId));
    }

    public Task<ImmutableArray<RoomMessage>> ReadMessages(RoomKey room, long before, int limit)
    {
        Reads.Add($"page {before} {limit}");
        return Task.FromResult(ImmutableArray<RoomMessage>.Empty);
    }

    public Task<ImmutableArray<RoomMessage>> ReadMessages(RoomKey room, ImmutableArray<long> ids, long maxTextLength)
    {
        Reads.Add($"ids {ids[^1]} to {ids[0]}");
        return Task.FromResult<ImmutableArray<RoomMessage>>([.. ids.Order().Select(id => NewMessage(id))]);
    }

    public Task<bool> ChooseHead(RoomKey room, long head, RoomFence expected, long version) => throw new NotSupportedException();

    public Task<long> MeasureText(RoomKey room, ImmutableArray<IdRange> ranges) => throw new NotSupportedException();

    public Task<StoredRoom?> Load(RoomKey room, int tail) => throw new NotSupportedException();

    public Task<bool> Create(RoomKey room, RoomRow row, RoomCopy? copy = null) => throw new NotSupportedException();

    public Task<AcceptanceOutcome> Accept(Acceptance acceptance) => throw new NotSupportedException();

    public Task<bool> StartAttempt(ReplyFence fence, DateTimeOffset now) => throw new NotSupportedException();

    public Task<bool> Checkpoint(ReplyFence fence, string text, DateTimeOffset now) => throw new NotSupportedException();

    public Task<bool> Finish(ReplyFence fence, RoomMessage reply, RoomSummary room, Refund refund = Refund.None, string? title = null) =>
        throw new NotSupportedException();

    public Task<bool> SetFeedback(RoomKey room, long replyId, MessageFeedback? feedback) => throw new NotSupportedException();

    public Task<bool> ChangeSettings(RoomKey room, RoomRow row, long expected) => throw new NotSupportedException();

    public Task<bool> Delete(RoomKey room, DateTimeOffset now, DateTimeOffset? unusedSince = null) => throw new NotSupportedException();

    public Task<bool> WasDeleted(RoomKey room) => throw new NotSupportedException();

    public Task<StoredTurn?> FindTurn(RoomKey room, string key) => throw new NotSupportedException();

    public Task<ImmutableArray<RoomKey>> ListRoomsWithPendingTurns(DateTimeOffset untouchedSince, Guid after, int limit) =>
        throw new NotSupportedException();
}

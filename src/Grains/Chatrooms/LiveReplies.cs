using System.Collections.Concurrent;

namespace GeminiChat.Grains.Chatrooms;

/// <inheritdoc cref="ILiveReplies"/>
internal sealed class LiveReplies : ILiveReplies
{
    private readonly ConcurrentDictionary<(RoomKey Room, long ReplyId), Turn> _turns = new();

    public ILiveReply? Find(RoomKey room, long replyId) => _turns.GetValueOrDefault((room, replyId));

    public void Add(RoomKey room, Turn turn) => _turns[(room, turn.Reply.Id)] = turn;

    /// <summary>Removes a turn. A newer activation of its room may have added its own.</summary>
    public void Remove(RoomKey room, Turn turn) => _turns.TryRemove(new((room, turn.Reply.Id), turn));
}

using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>A reply's text, from a cursor on.</summary>
internal sealed class ReplySource(IChatroomGrain room, long replyId, ReplyCursor from) : IStreamSource<ReplyProgress>
{
    private ReplyCursor _from = from;

    public string Kind => "reply";

    public Problem Absent => ChatroomProblems.Deleted;

    public Task<ReplyProgress?> ReadAsync(CancellationToken cancellationToken) =>
        GrainCalls.RetryInStreamAsync(() => room.Follow(replyId, _from, cancellationToken), cancellationToken);

    public bool Advance(ReplyProgress update)
    {
        _from = update.Next;
        return update is not { Text: "", IsReset: false, FinishedReply: null };
    }
}

using GeminiChat.Gateway.Streams;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>A reply's text, from a cursor on.</summary>
internal sealed class ReplyFeed(IChatroomGrain room, long replyId, ReplyCursor from) : IFeed<ReplyProgress>
{
    private ReplyCursor _from = from;

    public string Kind => "reply";

    public Problem Absent => ChatroomProblems.Deleted;

    public Task<ReplyProgress?> ReadAsync(CancellationToken cancellationToken) => Patient.AskForStream(
        (room, replyId, _from, cancellationToken),
        static call => call.room.Follow(call.replyId, call._from, call.cancellationToken),
        cancellationToken);

    public bool Advance(ReplyProgress news)
    {
        _from = news.Next;
        return news is not { Text: "", Reset: false, End: null };
    }
}

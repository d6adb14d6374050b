using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Events;

/// <summary>A user's notices, from a cursor on.</summary>
internal sealed class NoticeSource(IUserGrain user, NoticeCursor from) : IStreamSource<NoticePage>
{
    private NoticeCursor _from = from;

    public string Kind => "notices";

    public Problem Absent => Problems.Unauthorized;

    public Task<NoticePage?> ReadAsync(CancellationToken cancellationToken) =>
        GrainCalls.RetryInStreamAsync(() => user.FollowNotices(_from, cancellationToken), cancellationToken);

    public bool Advance(NoticePage update)
    {
        _from = update.Next;
        return !update.Notices.IsEmpty;
    }
}

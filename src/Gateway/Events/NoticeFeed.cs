using GeminiChat.Gateway.Streams;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Events;

/// <summary>A user's notices, from a cursor on.</summary>
internal sealed class NoticeFeed(IUserGrain user, NoticeCursor from) : IFeed<NoticePage>
{
    private NoticeCursor _from = from;

    public string Kind => "notices";

    public Problem Absent => Problems.Unauthorized;

    public Task<NoticePage?> ReadAsync(CancellationToken cancellationToken) => Patient.AskForStream(
        (user, _from, cancellationToken),
        static call => call.user.FollowNotices(call._from, call.cancellationToken),
        cancellationToken);

    public bool Advance(NoticePage news)
    {
        _from = news.Next;
        return !news.Notices.IsEmpty;
    }
}

using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Streams;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Answers with a reply as it is written.</summary>
internal sealed class ReplyStreamResult(
    Caller caller, ILiveStream<ReplyProgress> stream, IChatroomGrain room, long replyId, ReplyCursor from) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.RequestServices.GetRequiredService<Follower>()
            .CopyAsync(caller.SignedIn, new ReplyFeed(room, replyId, from), stream, httpContext.RequestAborted);
}

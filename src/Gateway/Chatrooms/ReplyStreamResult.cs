using GeminiChat.Gateway.Auth;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Answers with a reply as it is written.</summary>
internal sealed class ReplyStreamResult(
    Caller caller, IReplyStream stream, IChatroomGrain room, long replyId, ReplyCursor from) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.RequestServices.GetRequiredService<ReplyReader>()
            .CopyAsync(caller.SignedIn, room, replyId, from, stream, httpContext.RequestAborted);
}

using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Answers with a reply as it is written.</summary>
internal sealed class ReplyStreamResult(IReplyStream stream, IChatroomGrain room, long replyId, ReplyCursor from) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.RequestServices.GetRequiredService<ReplyReader>()
            .CopyAsync(room, replyId, from, stream, httpContext.RequestAborted);
}

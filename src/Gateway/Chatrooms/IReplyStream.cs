using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Writes a reply to a client while it is made.</summary>
internal interface IReplyStream
{
    /// <summary>Sends the headers, and what comes before the text.</summary>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>Sends what was read from the room.</summary>
    /// <returns>Whether more may follow.</returns>
    ValueTask<bool> WriteAsync(ReplyProgress progress, CancellationToken cancellationToken);

    /// <summary>Shows that the connection is alive.</summary>
    ValueTask PingAsync(CancellationToken cancellationToken);

    /// <summary>Ends early: the reply goes on, and can be read elsewhere or later.</summary>
    ValueTask LeaveAsync();

    /// <summary>Ends early: the reply is gone, or the reader may not go on.</summary>
    ValueTask EndAsync(Problem problem, CancellationToken cancellationToken);
}

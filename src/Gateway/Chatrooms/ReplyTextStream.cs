using System.Net.Mime;
using System.Text;
using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// A reply as text only. The status line and the headers are sent with the first text, so a failure before it is a problem with its
/// own status. A later one can only be shown by closing the connection, so that a part of a reply never looks like a whole one.
/// </summary>
internal sealed class ReplyTextStream(HttpContext http) : IStreamSink<ReplyProgress>
{
    private bool _begun;

    /// <summary>The message is stored, so a client without a key must not send it again.</summary>
    public static Problem Interrupted { get; } = new(
        StatusCodes.Status503ServiceUnavailable,
        "This server cannot wait for the reply any longer. The message is stored: read the reply at the address in Location.",
        retryAfter: 1)
    { Type = ProblemTypes.Restarting };

    public ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask<bool> WriteAsync(ReplyProgress progress, CancellationToken cancellationToken)
    {
        if (progress.IsReset && _begun)
        {
            http.Abort();
            return false;
        }

        if (progress.Text.Length > 0)
        {
            Begin();
            Encoding.UTF8.GetBytes(progress.Text, http.Response.BodyWriter);
            await http.Response.BodyWriter.FlushAsync(cancellationToken);
        }

        if (progress.FinishedReply is not { } end)
        {
            return true;
        }

        if (!IsComplete(end))
        {
            await FailAsync(MessageError.ToProblem(end.Reason ?? EndReasons.ModelError), cancellationToken);
        }
        else
        {
            Begin();
        }

        return false;
    }

    /// <summary>A ping would be part of the text.</summary>
    public ValueTask PingAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask ReconnectAsync() => FailAsync(Interrupted, CancellationToken.None);

    public async ValueTask FailAsync(Problem problem, CancellationToken cancellationToken)
    {
        if (_begun)
        {
            http.Abort();
        }
        else
        {
            await problem.ExecuteAsync(http);
        }
    }

    private void Begin()
    {
        if (!_begun)
        {
            _begun = true;
            http.Response.BeginStream($"{MediaTypeNames.Text.Plain}; charset=utf-8");
        }
    }

    /// <summary>A reply that reached its length limit is complete here; a reply that broke off is not.</summary>
    private static bool IsComplete(RoomMessage end) => end.Status switch
    {
        MessageStatus.Failed => false,
        MessageStatus.Incomplete => end.Reason is EndReasons.Length,
        _ => true,
    };
}

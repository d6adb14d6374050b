using System.Text;
using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// A reply as bare text. The only way to say that something went wrong is to break the connection, so that half an
/// answer never looks like a whole one.
/// </summary>
internal sealed class ReplyTextStream(HttpContext http) : IStreamSink<ReplyProgress>
{
    private bool _begun;

    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        http.Response.BeginStream($"{ReplyFormats.PlainTextMediaType}; charset=utf-8");
        await http.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    public async ValueTask<bool> WriteAsync(ReplyProgress progress, CancellationToken cancellationToken)
    {
        if (progress.IsReset && _begun)
        {
            http.Abort();
            return false;
        }

        if (progress.Text.Length > 0)
        {
            _begun = true;
            Encoding.UTF8.GetBytes(progress.Text, http.Response.BodyWriter);
            await http.Response.BodyWriter.FlushAsync(cancellationToken);
        }

        if (progress.FinishedReply is not null && !IsComplete(progress.FinishedReply))
        {
            http.Abort();
        }

        return progress.FinishedReply is null;
    }

    /// <summary>Bare text has no sign of life that would not be part of it.</summary>
    public ValueTask PingAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask ReconnectAsync()
    {
        http.Abort();
        return ValueTask.CompletedTask;
    }

    public ValueTask FailAsync(Problem problem, CancellationToken cancellationToken) => ReconnectAsync();

    /// <summary>An answer that ends at its length limit ends as the model ends it; one that broke off does not.</summary>
    private static bool IsComplete(RoomMessage end) => end.Status switch
    {
        MessageStatus.Failed => false,
        MessageStatus.Incomplete => end.Reason is EndReasons.Length,
        _ => true,
    };
}

using System.Threading.Channels;

namespace GeminiChat.Fakes;

/// <summary>An answer that goes out piece by piece, each when the test says so. For one call.</summary>
public sealed class ControlledReply
{
    private readonly Channel<(Script Part, TaskCompletionSource Sent)> _parts =
        Channel.CreateUnbounded<(Script, TaskCompletionSource)>();

    /// <summary>The script to give to a fake Gemini.</summary>
    public Script Script => new(Run);

    /// <summary>Sends a piece of the answer; done when it has gone out.</summary>
    /// <exception cref="OperationCanceledException">The client has left.</exception>
    public Task SendText(string text) => PlayPart(Script.Chunks(text));

    /// <summary>Plays a part of the answer; done when it has gone out.</summary>
    /// <exception cref="OperationCanceledException">The client has left.</exception>
    public Task PlayPart(Script part)
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _parts.Writer.TryWrite((part, sent))
            ? sent.Task.WaitAsync(GeminiCallLog.DefaultTimeout)
            : Task.FromException(new OperationCanceledException("The call is over."));
    }

    /// <summary>Ends the answer well.</summary>
    public Task Finish(string reason = "STOP") => EndWith(Script.Finish(reason));

    /// <summary>Plays a last part, after which the reply is over.</summary>
    public async Task EndWith(Script part)
    {
        var sent = PlayPart(part);
        _parts.Writer.TryComplete();
        await sent;
    }

    private async Task Run(GeminiExchange exchange)
    {
        try
        {
            await foreach (var (part, sent) in _parts.Reader.ReadAllAsync(exchange.Aborted))
            {
                await PlayOne(exchange, part, sent);
            }
        }
        finally
        {
            _parts.Writer.TryComplete();
            while (_parts.Reader.TryRead(out var unsent))
            {
                unsent.Sent.TrySetCanceled();
            }
        }
    }

    private static async Task PlayOne(GeminiExchange exchange, Script part, TaskCompletionSource sent)
    {
        try
        {
            await part.Play(exchange);
            sent.TrySetResult();
        }
        finally
        {
            sent.TrySetCanceled();
        }
    }
}

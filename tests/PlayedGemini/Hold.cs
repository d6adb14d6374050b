using System.Threading.Channels;

namespace GeminiChat.Played;

/// <summary>An answer that goes out piece by piece, each when the test says so. For one call.</summary>
public sealed class Hold
{
    private readonly Channel<(Script Part, TaskCompletionSource Sent)> _parts =
        Channel.CreateUnbounded<(Script, TaskCompletionSource)>();

    /// <summary>The script to give to a played Gemini.</summary>
    public Script Script => new(Run);

    /// <summary>Sends a piece of the answer; done when it has gone out.</summary>
    /// <exception cref="OperationCanceledException">The client has left.</exception>
    public Task Say(string text) => Play(Script.Chunks(text));

    /// <summary>Plays a part of the answer; done when it has been played.</summary>
    /// <exception cref="OperationCanceledException">The client has left.</exception>
    public Task Play(Script part)
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _parts.Writer.TryWrite((part, sent))
            ? sent.Task.WaitAsync(CallLog.Patience)
            : Task.FromException(new OperationCanceledException("The call is over."));
    }

    /// <summary>Ends the answer well.</summary>
    public Task Finish(string reason = "STOP") => EndWith(Script.Finish(reason));

    /// <summary>Plays a last part, after which the reply is over.</summary>
    public async Task EndWith(Script part)
    {
        var played = Play(part);
        _parts.Writer.TryComplete();
        await played;
    }

    private async Task Run(Exchange exchange)
    {
        try
        {
            await foreach (var (part, sent) in _parts.Reader.ReadAllAsync(exchange.Gone))
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

    private static async Task PlayOne(Exchange exchange, Script part, TaskCompletionSource sent)
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

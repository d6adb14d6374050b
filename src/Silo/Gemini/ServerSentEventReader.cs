using GeminiChat.Grains.Model;

namespace GeminiChat.Silo.Gemini;

/// <summary>Reads the events of one response from its body, with its timeouts and a maximum size.</summary>
internal sealed class ServerSentEventReader(HttpContent body, ReplyDeadline deadline) : IDisposable
{
    /// <summary>
    /// The maximum number of uncompressed bytes in a response: about sixty times the longest reply that a room stores.
    /// </summary>
    public const long MaxReplyBytes = 32 * 1024 * 1024;

    private readonly ServerSentEventParser _parser = new();
    private Stream? _bytes;
    private long _total;

    /// <summary>The JSON of the last event; valid until the next call.</summary>
    public ReadOnlySpan<byte> Current => _parser.Current;

    /// <summary>
    /// Whether the events so far are a complete response. Then any fault of the stream counts as its end, and the idle timeout is
    /// shorter. More text can still come.
    /// </summary>
    public bool IsComplete
    {
        get => deadline.IsFinishing;
        set => deadline.IsFinishing = value;
    }

    /// <summary>Reads the next event; false at the end of the stream.</summary>
    public async ValueTask<bool> MoveNext()
    {
        try
        {
            if (_parser.TryRead())
            {
                return true;
            }

            // A silence lasts while the reader waits for the model, not while the caller handles an event.
            deadline.BeginWait();
            do
            {
                if (!await FillBuffer())
                {
                    return ReadLast();
                }
            }
            while (!_parser.TryRead());

            deadline.EndWait();
            return true;
        }
        catch (ModelException) when (IsComplete)
        {
            // The response is complete already.
            return false;
        }
    }

    public void Dispose() => _parser.Dispose();

    private bool ReadLast()
    {
        var isEvent = _parser.TryReadLast();
        return _parser.IsTruncated
            ? throw new ModelException(ModelFault.Truncated, "The stream ended within an event.")
            : isEvent;
    }

    private async ValueTask<bool> FillBuffer()
    {
        try
        {
            _bytes ??= await body.ReadAsStreamAsync(deadline.Token);
            var count = await _bytes.ReadAsync(_parser.GetMemory(), deadline.Token);
            _parser.Advance(count);
            _total += count;
            return _total <= MaxReplyBytes
                ? count > 0
                : throw new ModelException(ModelFault.Protocol, $"The reply is longer than {MaxReplyBytes} bytes.");
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException)
        {
            throw new ModelException(ModelFault.Truncated, "The connection broke off.", inner: cut);
        }
        catch (InvalidDataException corrupt)
        {
            throw new ModelException(ModelFault.Protocol, "The compressed reply is corrupt.", inner: corrupt);
        }
        catch (OperationCanceledException canceled)
        {
            throw deadline.ToException(canceled);
        }
    }
}

using GeminiChat.Grains.Model;

namespace GeminiChat.Silo.Gemini;

/// <summary>Reads the events of one reply from its body, within its deadlines and within a cap on its size.</summary>
internal sealed class ServerSentEventReader(HttpContent body, ReplyDeadline deadline) : IDisposable
{
    /// <summary>Bytes of a whole reply, at most, unzipped: some sixty times the longest answer that a room keeps.</summary>
    public const long MaxReplyBytes = 32 * 1024 * 1024;

    private readonly ServerSentEventParser _parser = new();
    private Stream? _bytes;
    private long _total;

    /// <summary>The JSON of the event that was read last; valid until the next call.</summary>
    public ReadOnlySpan<byte> Current => _parser.Current;

    /// <summary>
    /// Whether the events so far are a whole answer. Then any fault of the stream is its end, and the end has to come
    /// sooner; more text can still come before it.
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

            // The clock runs while the model is waited for, and stands while the reader is busy with what it sent.
            deadline.RestartIdleTimer();
            do
            {
                if (!await FillBuffer())
                {
                    return ReadLast();
                }
            }
            while (!_parser.TryRead());

            deadline.PauseIdleTimer();
            return true;
        }
        catch (ModelException) when (IsComplete)
        {
            // Nothing of the answer is lost.
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

namespace GeminiChat.Client;

/// <summary>The body of an event stream. A read that takes too long ends it; the time that the reader itself takes does not count.</summary>
/// <param name="inner">The body.</param>
/// <param name="silence">Canceled when a read took too long.</param>
/// <param name="limit">How long a read may take.</param>
internal sealed class SilenceLimitedStream(Stream inner, CancellationTokenSource silence, TimeSpan limit) : Stream
{
    /// <summary>A connection that sends more is not the service's.</summary>
    private const long MaxBytes = 64 * 1024 * 1024;

    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        silence.CancelAfter(limit);
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        silence.CancelAfter(Timeout.InfiniteTimeSpan);
        _read += count;
        return _read > MaxBytes ? throw new IOException("The stream is too long.") : count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }
}

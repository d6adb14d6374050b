using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace GeminiChat.Gateway.Web;

/// <summary>
/// The body of an answer, whose client must take each piece of it in time: else the connection is broken. It holds for
/// whatever writes, be it JSON, a file or a stream. A stream may be silent between events: the clock runs only while data
/// waits to be sent.
/// </summary>
/// <remarks>
/// Kestrel has a minimum rate, but judges a long piece by the whole of its length, so that a slow reader of a large answer
/// could hold that in memory for hours.
/// </remarks>
internal sealed class WriteTimeoutResponseBody(HttpContext http, IHttpResponseBodyFeature inner, TimeProvider time)
    : PipeWriter, IHttpResponseBodyFeature
{
    /// <summary>The longest that a client may leave a piece lying.</summary>
    public static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(30);

    /// <summary>What is written at once. With <see cref="WriteTimeout"/> it makes 8.7 KB/s the least, which any phone has.</summary>
    public const int ChunkBytes = 256 * 1024;

    private readonly PipeWriter _writer = inner.Writer;
    private Stream? _stream;

    public Stream Stream => _stream ??= AsStream(leaveOpen: true);

    public PipeWriter Writer => this;

    public override bool CanGetUnflushedBytes => _writer.CanGetUnflushedBytes;

    public override long UnflushedBytes => _writer.UnflushedBytes;

    public override void Advance(int bytes) => _writer.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => _writer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _writer.GetSpan(sizeHint);

    public override void CancelPendingFlush() => _writer.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => _writer.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => _writer.CompleteAsync(exception);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        WithTimeout(_writer.FlushAsync(cancellationToken));

    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var piece = source[..Math.Min(source.Length, ChunkBytes)];
            source = source[piece.Length..];
            var result = await WithTimeout(_writer.WriteAsync(piece, cancellationToken));
            if (source.IsEmpty || result.IsCompleted || result.IsCanceled)
            {
                return result;
            }
        }
    }

    public void DisableBuffering() => inner.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => inner.StartAsync(cancellationToken);

    public Task CompleteAsync() => inner.CompleteAsync();

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    private ValueTask<FlushResult> WithTimeout(ValueTask<FlushResult> sending) => sending.IsCompleted ? sending : AwaitWithTimeout(sending);

    private async ValueTask<FlushResult> AwaitWithTimeout(ValueTask<FlushResult> sending)
    {
        await using var deadline = time.CreateTimer(
            static http => ((HttpContext)http!).Abort(), http, WriteTimeout, Timeout.InfiniteTimeSpan);
        return await sending;
    }
}

using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace GeminiChat.Gateway.Web;

/// <summary>
/// The body of an answer. The client must receive each piece in time, or the connection is closed. This applies to JSON,
/// files and streams. A stream may be silent between events: the timeout runs only while data waits to be sent.
/// </summary>
/// <remarks>
/// Kestrel's minimum rate is not enough: it allows a write time in proportion to the length, so a slow reader could hold a
/// large answer in memory for hours.
/// </remarks>
internal sealed class WriteTimeoutResponseBody(HttpContext http, IHttpResponseBodyFeature inner, TimeProvider time)
    : PipeWriter, IHttpResponseBodyFeature
{
    public static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The size of a piece. With <see cref="WriteTimeout"/>, a client needs 8.7 KB/s; every phone has that.</summary>
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

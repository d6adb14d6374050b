using System.Buffers;
using System.IO.Pipelines;

namespace GeminiChat.Gateway.Web;

/// <summary>
/// Reads whole bodies into memory, and refuses bodies that take too long. Shortly after the shutdown begins it refuses all
/// bodies, because the web server waits for every request.
/// </summary>
internal sealed class RequestBodyReader : IDisposable
{
    public static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The time that a body still has when the shutdown begins.</summary>
    public static readonly TimeSpan ShutdownGracePeriod = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _shutdown;
    private readonly TimeProvider _time;

    public RequestBodyReader(IHostApplicationLifetime lifetime, TimeProvider time)
    {
        _time = time;
        _shutdown = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        lifetime.ApplicationStopping.Register(() => _shutdown.CancelAfter(ShutdownGracePeriod));
    }

    /// <summary>Cancelled when no body is read any more, because the process is shutting down.</summary>
    public CancellationToken Shutdown => _shutdown.Token;

    /// <summary>Reads a body to its end; null if the process is shutting down.</summary>
    /// <exception cref="BadHttpRequestException">The body is larger than the route allows, or arrives too slowly.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext http)
    {
        var pipe = http.Request.BodyReader;
        using var shutdown = _shutdown.Token.UnsafeRegister(Cancel, pipe);
        await using var deadline = _time.CreateTimer(Cancel, pipe, ReadTimeout, Timeout.InfiniteTimeSpan);
        var read = await pipe.ReadAsync(http.RequestAborted);
        while (!read.IsCompleted)
        {
            if (read.IsCanceled)
            {
                pipe.AdvanceTo(read.Buffer.End);
                http.Response.Headers.Connection = "close";
                return _shutdown.IsCancellationRequested
                    ? null
                    : throw new BadHttpRequestException("The body took too long.", StatusCodes.Status408RequestTimeout);
            }

            // Kestrel ends this with 413 once the body is past its limit.
            pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await pipe.ReadAsync(http.RequestAborted);
        }

        var body = read.Buffer.ToArray();
        pipe.AdvanceTo(read.Buffer.End);
        return body;
    }

    public void Dispose() => _shutdown.Dispose();

    private static void Cancel(object? pipe) => ((PipeReader)pipe!).CancelPendingRead();
}

using System.Buffers;
using System.IO.Pipelines;

namespace GeminiChat.Gateway.Web;

/// <summary>
/// Gives up the bodies that are still on their way a little after this process began to leave: the web server waits
/// for every request, and a slow upload can take minutes.
/// </summary>
internal sealed class Uploads : IDisposable
{
    /// <summary>What a body still gets.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _over;

    public Uploads(IHostApplicationLifetime lifetime, TimeProvider time)
    {
        _over = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        lifetime.ApplicationStopping.Register(() => _over.CancelAfter(Grace));
    }

    /// <summary>Until the result is disposed, a read of this body is cancelled when its time is over.</summary>
    private CancellationTokenRegistration Watch(PipeReader body) =>
        _over.Token.UnsafeRegister(static body => ((PipeReader)body!).CancelPendingRead(), body);

    /// <summary>Reads a body to its end; null when it was given up.</summary>
    /// <exception cref="BadHttpRequestException">It is larger than the route allows, or arrives too slowly.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext http)
    {
        var pipe = http.Request.BodyReader;
        using var watch = Watch(pipe);
        var read = await pipe.ReadAsync(http.RequestAborted);
        while (!read.IsCompleted)
        {
            if (read.IsCanceled)
            {
                pipe.AdvanceTo(read.Buffer.End);
                http.Response.Headers.Connection = "close";
                return null;
            }

            // Kestrel ends this with 413 once the body is past its limit.
            pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await pipe.ReadAsync(http.RequestAborted);
        }

        var body = read.Buffer.ToArray();
        pipe.AdvanceTo(read.Buffer.End);
        return body;
    }

    public void Dispose() => _over.Dispose();
}

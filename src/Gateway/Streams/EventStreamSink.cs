using System.Net.Mime;

namespace GeminiChat.Gateway.Streams;

/// <summary>Writes updates as server-sent events.</summary>
/// <param name="http">The request.</param>
/// <param name="instance">The <c>instance</c> of the problem details in the event that tells of a failure.</param>
internal abstract class EventStreamSink<T>(HttpContext http, PathString instance) : IStreamSink<T>
{
    private static readonly TimeSpan ReconnectTimeout = TimeSpan.FromMilliseconds(500);

    protected PathString Instance => instance;

    protected EventStreamWriter Events { get; } = new(http.Response.BodyWriter);

    public ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        http.Response.BeginStream(MediaTypeNames.Text.EventStream);
        Events.WriteRetry();
        WriteStart();
        return FlushAsync(cancellationToken);
    }

    public async ValueTask<bool> WriteAsync(T update, CancellationToken cancellationToken)
    {
        var goesOn = Write(update);
        await http.Response.BodyWriter.FlushAsync(cancellationToken);
        return goesOn;
    }

    public ValueTask PingAsync(CancellationToken cancellationToken)
    {
        Events.WriteComment("ping"u8);
        return FlushAsync(cancellationToken);
    }

    public async ValueTask ReconnectAsync()
    {
        using var deadline = new CancellationTokenSource(ReconnectTimeout);
        Events.WriteReconnect();
        await FlushAsync(deadline.Token);
    }

    public ValueTask FailAsync(Problem problem, CancellationToken cancellationToken)
    {
        WriteFailure(problem.ToBody(instance), id: null);
        return FlushAsync(cancellationToken);
    }

    /// <summary>Writes what comes before the updates.</summary>
    protected abstract void WriteStart();

    /// <summary>Returns whether more updates may follow.</summary>
    protected abstract bool Write(T update);

    /// <summary>Writes the event that ends a stream with a problem.</summary>
    protected virtual void WriteFailure(ProblemBody problem, string? id) => Events.WriteError(problem, id);

    protected async ValueTask FlushAsync(CancellationToken cancellationToken) =>
        await http.Response.BodyWriter.FlushAsync(cancellationToken);
}

internal static class StreamHeaders
{
    /// <summary>Sets the headers of a stream: no proxy may store, buffer or compress it.</summary>
    public static void BeginStream(this HttpResponse response, string contentType)
    {
        response.ContentType = contentType;
        response.Headers.CacheControl = "no-cache, no-store, no-transform";
        response.Headers["X-Accel-Buffering"] = "no";
    }
}

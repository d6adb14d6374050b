using System.Collections.Concurrent;
using System.Text;

namespace GeminiChat.EndToEnd.Tests.Telemetry;

/// <summary>A collector of OpenTelemetry, faked on a real socket: it takes OTLP over HTTP, as protobuf.</summary>
internal sealed class FakeCollector : IAsyncDisposable
{
    private readonly TestHttpServer _server;
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = new();

    private FakeCollector() => _server = new TestHttpServer(async http =>
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        _received.Enqueue((http.Request.Path, body.ToArray()));
    });

    public string Url => _server.Url;

    /// <summary>All that was sent, the texts in it as they are.</summary>
    public string Raw => string.Concat(_received.Select(request => Encoding.Latin1.GetString(request.Body)));

    /// <summary>The spans, in the order of their ends.</summary>
    public IReadOnlyList<ExportedSpan> Spans => [.. _received.Where(request => request.Path == "/v1/traces").SelectMany(request => ExportedSpan.ReadAll(request.Body))];

    public bool HasMetrics => _received.Any(request => request.Path == "/v1/metrics");

    public static async Task<FakeCollector> Start()
    {
        var fake = new FakeCollector();
        await fake._server.Start();
        return fake;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace GeminiChat.EndToEnd.Tests.Telemetry;

/// <summary>A collector of OpenTelemetry, faked on a real socket: it takes OTLP over HTTP, as protobuf.</summary>
internal sealed class FakeCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = new();

    private FakeCollector()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            _received.Enqueue((http.Request.Path, body.ToArray()));
        });
    }

    public string Url => _app.Urls.Single();

    /// <summary>All that was sent, the texts in it as they are.</summary>
    public string Raw => string.Concat(_received.Select(request => Encoding.Latin1.GetString(request.Body)));

    /// <summary>The spans, in the order of their ends.</summary>
    public IReadOnlyList<ExportedSpan> Spans => [.. _received.Where(request => request.Path == "/v1/traces").SelectMany(request => ExportedSpan.ReadAll(request.Body))];

    public bool HasMetrics => _received.Any(request => request.Path == "/v1/metrics");

    public static async Task<FakeCollector> Start()
    {
        var fake = new FakeCollector();
        await fake._app.StartAsync();
        return fake;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

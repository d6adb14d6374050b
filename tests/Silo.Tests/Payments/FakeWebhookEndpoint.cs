using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace GeminiChat.Silo.Tests.Payments;

/// <summary>An endpoint for webhooks that answers as it is told.</summary>
internal sealed class FakeWebhookEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _count;

    private FakeWebhookEndpoint()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.Run(http =>
        {
            http.Response.StatusCode = Status(Interlocked.Increment(ref _count));
            return Task.CompletedTask;
        });
    }

    /// <summary>The status of an answer; the first has the number 1.</summary>
    public Func<int, int> Status { get; set; } = _ => 200;

    public Uri Address => new(_app.Urls.Single());

    public static async Task<FakeWebhookEndpoint> Start()
    {
        var endpoint = new FakeWebhookEndpoint();
        await endpoint._app.StartAsync();
        return endpoint;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

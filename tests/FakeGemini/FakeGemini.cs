using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GeminiChat.Fakes;

/// <summary>
/// Gemini, faked on a real socket by scripts. Without a script it answers <c>ok</c>. It refuses what Gemini refuses:
/// a wrong key, turns that do not alternate, empty parts, a last turn that is the model's.
/// </summary>
public sealed class FakeGemini : IAsyncDisposable
{
    /// <summary>The key that is accepted, unless the options say otherwise.</summary>
    public const string Key = "fake-key";

    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<Script> _next = new();
    private Func<RecordedRequest, Script> _answer = _ => Script.Words("ok");

    private FakeGemini(FakeGeminiOptions options)
    {
        Options = options;
        Calls = new GeminiCallLog(options.Record);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.Services.AddSingleton<IHostLifetime, NoopHostLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        // A write is done when the system has the bytes: what was sent before a reset does arrive.
        builder.Services.Configure<SocketTransportOptions>(socket => socket.MaxWriteBufferSize = 2);
        builder.WebHost.UseKestrelCore().UseUrls(options.Url).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestBodySize = null;
        });
        _app = builder.Build();
        FakeGeminiEndpoints.Map(_app, this);
    }

    /// <summary>The origin to point clients at, without a slash at the end.</summary>
    public string BaseUrl => _app.Services.GetRequiredService<IServer>()
        .Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First().TrimEnd('/');

    /// <summary>What was asked: calls of the model, whether they were refused or not.</summary>
    public GeminiCallLog Calls { get; }

    internal FakeGeminiOptions Options { get; }

    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>Starts a server.</summary>
    public static async Task<FakeGemini> Start(FakeGeminiOptions? options = null)
    {
        var fake = new FakeGemini(options ?? new());
        await fake._app.StartAsync();
        return fake;
    }

    /// <summary>Plays these for the next calls, one each, before anything else.</summary>
    public void EnqueueReplies(params ReadOnlySpan<Script> scripts)
    {
        foreach (var script in scripts)
        {
            _next.Enqueue(script);
        }
    }

    /// <summary>Plays this for every call that has no script of its own.</summary>
    public void ReplyAlways(Script script) => ReplyWith(_ => script);

    /// <summary>Chooses a script for every call that has none of its own.</summary>
    public void ReplyWith(Func<RecordedRequest, Script> answer) => _answer = answer;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    internal Script ScriptFor(RecordedRequest request) => _next.TryDequeue(out var next) ? next : _answer(request);

    // The usual lifetime would take the signals that are to end the process of the tests.
    private sealed class NoopHostLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

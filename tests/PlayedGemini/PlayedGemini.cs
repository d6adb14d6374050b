using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GeminiChat.Played;

/// <summary>
/// Gemini, played on a real socket by scripts. Without a script it answers <c>ok</c>. It refuses what Gemini refuses:
/// a wrong key, turns that do not alternate, empty parts, a last turn that is the model's.
/// </summary>
public sealed class PlayedGemini : IAsyncDisposable
{
    /// <summary>The key that is accepted, unless the options say otherwise.</summary>
    public const string Key = "played-key";

    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<Script> _next = new();
    private Func<PlayedRequest, Script> _answer = _ => Script.Words("ok");

    private PlayedGemini(PlayedGeminiOptions options)
    {
        Options = options;
        Calls = new CallLog(options.Record);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
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
        PlayedEndpoints.Map(_app, this);
    }

    /// <summary>The origin to point clients at, without a slash at the end.</summary>
    public string BaseUrl => _app.Services.GetRequiredService<IServer>()
        .Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First().TrimEnd('/');

    /// <summary>What was asked: calls of the model, whether they were refused or not.</summary>
    public CallLog Calls { get; }

    internal PlayedGeminiOptions Options { get; }

    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>Starts a server.</summary>
    public static async Task<PlayedGemini> Start(PlayedGeminiOptions? options = null)
    {
        var played = new PlayedGemini(options ?? new());
        await played._app.StartAsync();
        return played;
    }

    /// <summary>Plays these for the next calls, one each, before anything else.</summary>
    public void Next(params ReadOnlySpan<Script> scripts)
    {
        foreach (var script in scripts)
        {
            _next.Enqueue(script);
        }
    }

    /// <summary>Plays this for every call that has no script of its own.</summary>
    public void Always(Script script) => Answer(_ => script);

    /// <summary>Chooses a script for every call that has none of its own.</summary>
    public void Answer(Func<PlayedRequest, Script> answer) => _answer = answer;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    internal Script ScriptFor(PlayedRequest request) => _next.TryDequeue(out var next) ? next : _answer(request);

    // The usual lifetime would take the signals that are to end the process of the tests.
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

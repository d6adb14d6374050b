using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GeminiChat.Fakes;

/// <summary>
/// Gemini, faked on a real socket by scripts. Without a script it answers <c>ok</c>. It refuses what Gemini refuses:
/// a wrong key, turns that do not alternate, empty parts, a last turn that is the model's, files that it does not have,
/// signatures that it did not give, ways to think that the model does not have.
/// </summary>
public sealed class FakeGemini : IAsyncDisposable
{
    /// <summary>The key that is accepted, unless the options say otherwise.</summary>
    public const string Key = "fake-key";

    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<Script> _next = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Script>> _nextTo = new(StringComparer.Ordinal);
    private CancellationTokenSource _held = new();
    private Func<RecordedRequest, Script> _answer = _ => Script.Words("ok");
    private Func<RecordedRequest, Script?> _other = _ => null;

    private FakeGemini(FakeGeminiOptions options)
    {
        Options = options;
        Calls = new GeminiCallLog(options.Record);
        PromptCache = new PromptCache(options.CacheThreshold);
        Models = options.Models;
        Files = new FakeFiles(options.Time, options.FileState);
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
        FakeFileEndpoints.Map(_app, this);
    }

    /// <summary>The origin to point clients at, without a slash at the end.</summary>
    public string BaseUrl => _app.Services.GetRequiredService<IServer>()
        .Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First().TrimEnd('/');

    /// <summary>What was asked: calls of the model, whether they were refused or not.</summary>
    public GeminiCallLog Calls { get; }

    /// <summary>The files that were uploaded.</summary>
    public FakeFiles Files { get; }

    /// <summary>The models in its list. It answers as any other model, too.</summary>
    public IReadOnlyList<FakeModel> Models { get; set; }

    internal ThoughtSignatures Signatures { get; } = new();

    internal PromptCache PromptCache { get; }

    internal FakeGeminiOptions Options { get; }

    internal CancellationToken Stopping => _stopping.Token;

    internal CancellationToken Resetting => _held.Token;

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

    /// <summary>
    /// Plays these for the next calls with this question, one each. A call that another test has left behind cannot take them.
    /// </summary>
    public void EnqueueRepliesTo(string question, params ReadOnlySpan<Script> scripts)
    {
        var next = _nextTo.GetOrAdd(question, static _ => new());
        foreach (var script in scripts)
        {
            next.Enqueue(script);
        }
    }

    /// <summary>
    /// Removes the scripts that no call has played, and ends the calls that wait for more. So a test that fails in the middle does not
    /// make the next one fail.
    /// </summary>
    public void Reset()
    {
        _next.Clear();
        _nextTo.Clear();
        using var held = Interlocked.Exchange(ref _held, new CancellationTokenSource());
        held.Cancel();
    }

    /// <summary>Plays this for every call that has no script of its own.</summary>
    public void ReplyAlways(Script script) => ReplyWith(_ => script);

    /// <summary>Chooses a script for every call that has none of its own.</summary>
    public void ReplyWith(Func<RecordedRequest, Script> answer) => _answer = answer;

    /// <summary>
    /// Plays a script in answer to a call that is not of the model: files, the list of models, counts. Where it gives none,
    /// the call is answered as usual.
    /// </summary>
    public void ReplyToOthersWith(Func<RecordedRequest, Script?> answer) => _other = answer;

    /// <summary>Takes no signature any more that it gave until now, as after a change of the key.</summary>
    public void RenewSignatures() => Signatures.Renew();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
        _held.Dispose();
    }

    internal Script ScriptFor(RecordedRequest request)
    {
        Script? next = null;
        var hasOwn = _nextTo.TryGetValue(request.LastText, out var ofQuestion) && ofQuestion.TryDequeue(out next);
        return hasOwn || _next.TryDequeue(out next) ? next! : _answer(request);
    }

    /// <summary>Answers a call that is not of the model.</summary>
    internal async Task AnswerOther(HttpContext context, RecordedRequest request, Func<GeminiExchange, Task> answer)
    {
        Calls.AddOther(request);
        await using var exchange = new GeminiExchange(context, request, this);
        // The address of an upload is a secret of its own.
        var refusal = request.Method is "files.upload" ? null : RequestValidator.Key(context, Options.Key);
        try
        {
            await ((refusal ?? _other(request)) is { } script ? script.Play(exchange) : answer(exchange));
        }
        catch (Exception gone) when (exchange.Aborted.IsCancellationRequested)
        {
            // The client left, or the server stops: nobody is there to tell.
            _ = gone;
        }
    }

    // The usual lifetime would take the signals that are to end the process of the tests.
    private sealed class NoopHostLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

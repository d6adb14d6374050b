using System.Collections.Concurrent;
using System.Threading.Channels;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Model;
using GeminiChat.Fakes;
using GeminiChat.Running;
using GeminiChat.GrainInterfaces;
using GeminiChat.Silo.Hosting;
using GeminiChat.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

[assembly: AssemblyFixture(typeof(SharedSilo))]
[assembly: AssemblyFixture(typeof(GatewayFixture))]

namespace GeminiChat.Gateway.Tests.Fixtures;

/// <summary>
/// The real grains on one silo for all gateways of the tests: on SQLite, and with a fake Gemini on a socket.
/// It has a gateway of its own, for what tests do past the gateway that they look at.
/// </summary>
public sealed class SharedSilo : IAsyncLifetime
{
    private static readonly TaskCompletionSource<SharedSilo> Running = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, Channel<ControlledReply>> _replies = new(StringComparer.Ordinal);
    private FakeGemini _gemini = null!;
    private WebApplication _app = null!;

    internal static Task Started => Running.Task.WaitAsync(Deadline.Timeout);

    internal static SharedSilo Current =>
        Running.Task.IsCompleted ? Running.Task.Result : throw new InvalidOperationException("The silo has not started.");

    internal GrainCallInterceptor Calls { get; } = new();

    internal IGrainFactory Grains => _app.Services.GetRequiredService<IGrainFactory>();

    internal IRoomStore Rooms => _app.Services.GetRequiredService<IRoomStore>();

    internal HttpClient CreateAnonymousClient() => new() { BaseAddress = new Uri(_app.Urls.Single()), Timeout = Deadline.Timeout };

    public async ValueTask InitializeAsync()
    {
        _gemini = await FakeGemini.Start(new FakeGeminiOptions { Record = false });
        _gemini.ReplyWith(ScriptFor);
        _app = GatewayApp.Build(
            [
                .. GatewayFixture.DefaultSettings, $"--DATABASE_URL=sqlite:///{_folder.Path}/test.db", "--BASIC_DAILY_MESSAGES=0",
                $"--GEMINI_API_KEY={FakeGemini.Key}", $"--GEMINI_BASE_URL={_gemini.BaseUrl}",
                "--BASIC_MODELS=gemini-3.8-flash,gemini-2.5-flash", "--PRO_MODELS=gemini-3.8-flash,gemini-2.5-flash,gemini-3.8-pro",
            ],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.AddSilo(ClusterSettings.Read(builder.Configuration));
                builder.Services.AddSingleton<IIncomingGrainCallFilter>(Calls);
                builder.Services.Configure<ModelOptions>(options => options.FirstBackoff = TimeSpan.FromMilliseconds(1));
            });
        await _app.StartAsync();
        Running.SetResult(this);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _gemini.DisposeAsync();
        _folder.Dispose();
        GatewayFixture.FilesFolder.Dispose();
    }

    /// <summary>The calls of the model for a room with this system prompt, each held until the test lets it go on.</summary>
    internal ChannelReader<ControlledReply> ModelCalls(string systemPrompt) =>
        _replies.GetOrAdd(systemPrompt, static _ => Channel.CreateUnbounded<ControlledReply>()).Reader;

    /// <summary>The calls of a method of the grain of a number.</summary>
    internal async Task<InterceptedCalls> PhoneCalls(string number, string method) =>
        Calls.Of(PhoneKey.Of((await Grains.NumberSecret().Get()).AsSpan(), number).ToString(), method);

    private Script ScriptFor(RecordedRequest request)
    {
        if (request.System is null || !_replies.TryGetValue(request.System, out var calls))
        {
            return Script.Words("ok");
        }

        var reply = new ControlledReply();
        calls.Writer.TryWrite(reply);
        return reply.Script;
    }
}

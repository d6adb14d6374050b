using System.Net.Http.Headers;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Tests.Live;
using GeminiChat.GrainInterfaces.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GeminiChat.Gateway.Tests.Fakes;

/// <summary>The gateway itself, listening on a port of its own, before fake grains.</summary>
public sealed class FakeGrainsGateway : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly WebApplication _app;

    public FakeGrainsGateway()
        : this([])
    {
    }

    internal FakeGrainsGateway(string[] settings, Action<WebApplicationBuilder>? configure = null)
    {
        var (factory, grains) = FakeGrainFactory.Create();
        Grains = grains;
        _app = GatewayApp.Build(
            ["--environment=Development", "--urls=http://127.0.0.1:0", $"--SECRET_KEY={TestGateway.SecretKey}", "--AUTH_REQUESTS_PER_MINUTE_PER_IP=0", "--USER_REQUESTS_PER_MINUTE=0", .. settings],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.AddSingleton(factory);
                configure?.Invoke(builder);
            });
    }

    internal FakeGrainFactory Grains { get; }

    internal Uri Address => new(_app.Urls.Single());

    internal IServiceProvider Services => _app.Services;

    public async ValueTask InitializeAsync() => await _app.StartAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    internal static async Task<FakeGrainsGateway> StartAsync(string[]? settings = null, Action<WebApplicationBuilder>? configure = null)
    {
        var gateway = new FakeGrainsGateway(settings ?? [], configure);
        await gateway.InitializeAsync();
        return gateway;
    }

    /// <summary>Waits until the web server listens, which it may do before the gateway has started.</summary>
    internal async Task WaitUntilListening()
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var deadline = new CancellationTokenSource(Deadline);
        while (_app.Urls.SingleOrDefault() is not { } url || new Uri(url).Port == 0)
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>A client that has not signed in.</summary>
    internal HttpClient CreateAnonymousClient() => new() { BaseAddress = Address, Timeout = Deadline };

    /// <summary>A user of their own, signed in.</summary>
    internal FakeGrainsUser NewUser()
    {
        var id = Guid.CreateVersion7();
        var client = CreateAnonymousClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TokenOf(id));
        return new FakeGrainsUser(id, client, Grains);
    }

    internal string TokenOf(Guid userId) =>
        Services.GetRequiredService<AccessTokenService>().Issue(userId, new SessionGrant(Guid.CreateVersion7(), Version: 0));

    /// <summary>Begins to leave, as on SIGTERM.</summary>
    internal void Stop() => Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
}

/// <summary>A signed-in user and one room.</summary>
internal sealed record FakeGrainsUser(Guid Id, HttpClient Client, FakeGrainFactory Grains)
{
    public Guid RoomId { get; } = Guid.CreateVersion7();

    public FakeUserGrain Grain => Grains.User(Id);

    public FakeChatroomGrain Room => Grains.Room(Id, RoomId);

    public string RoomPath => $"/chatroom/{RoomId:D}";

    public string MessagesPath => $"{RoomPath}/message";
}

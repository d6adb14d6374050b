using GeminiChat.Gateway.Auth;
using GeminiChat.GrainInterfaces.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;

namespace GeminiChat.Gateway.Tests.Live;

/// <summary>A gateway with settings of its own, on a port of its own, before the real grains of <see cref="SharedSilo"/>.</summary>
public sealed class TestGateway : IAsyncLifetime
{
    /// <summary>Long enough for HS512 too, so that only the list of algorithms refuses that.</summary>
    public const string SecretKey = "a secret key of a test, which has even more than the 64 bytes of a SHA-512";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly WebApplication _app;

    public TestGateway()
        : this([])
    {
    }

    internal TestGateway(string[] settings, Action<WebApplicationBuilder>? configure = null) => _app = GatewayApp.Build(
        [.. Settings, .. settings],
        builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton(SharedSilo.Current.Grains);
            configure?.Invoke(builder);
        });

    /// <summary>What all gateways of the tests have in common.</summary>
    internal static string[] Settings =>
    [
        "--environment=Development", "--urls=http://127.0.0.1:0", $"--SECRET_KEY={SecretKey}",
        "--AUTH_REQUESTS_PER_MINUTE_PER_IP=0", "--USER_REQUESTS_PER_MINUTE=0",
    ];

    internal Uri Address => new(_app.Urls.Single());

    internal IServiceProvider Services => _app.Services;

    public async ValueTask InitializeAsync() => await _app.StartAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    internal static async Task<TestGateway> StartAsync(string[]? settings = null, Action<WebApplicationBuilder>? configure = null)
    {
        var gateway = new TestGateway(settings ?? [], configure);
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
    internal Task<TestUser> NewUser() => TestUser.SignIn(CreateAnonymousClient());

    /// <summary>A token that this gateway issues for the session of a user.</summary>
    internal string TokenOf(TestUser user)
    {
        var token = new JsonWebToken(user.Token);
        var session = new SessionGrant(Guid.Parse(token.GetClaim("sid").Value), int.Parse(token.GetClaim("ver").Value, System.Globalization.CultureInfo.InvariantCulture));
        return Services.GetRequiredService<AccessTokenService>().Issue(user.Id, session);
    }

    /// <summary>Begins to leave, as on SIGTERM.</summary>
    internal void Stop() => Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
}

using GeminiChat.Gateway.Auth;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Running;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;

namespace GeminiChat.Gateway.Tests.Fixtures;

/// <summary>
/// A gateway, and a second one on demand, on ports of their own. They use the grains of <see cref="SharedSilo"/>, or those
/// of a silo of their own, with a database and a clock of its own. All test classes without settings share one.
/// </summary>
/// <remarks>Tokens are judged by the real clock. After the test's clock has been advanced, new tokens are not valid yet.</remarks>
public class GatewayFixture : IAsyncLifetime
{
    /// <summary>Long enough for HS512 too, so that only the list of algorithms refuses that.</summary>
    public const string SecretKey = "a secret key of a test, which has even more than the 64 bytes of a SHA-512";

    private readonly string[] _settings;
    private readonly Action<WebApplicationBuilder>? _configure;
    private readonly TemporaryFolder? _folder;
    private readonly WebApplication _app;
    private readonly Lazy<Task<WebApplication>> _secondGateway;

    public GatewayFixture()
        : this([])
    {
    }

    internal GatewayFixture(string[] settings, Action<WebApplicationBuilder>? configure = null, bool hasOwnSilo = false)
    {
        _folder = hasOwnSilo ? new TemporaryFolder() : null;
        _settings = [.. DefaultSettings, $"--DATABASE_URL=sqlite:///{_folder?.Path}/test.db", .. settings];
        _configure = configure;
        _app = Build(builder =>
        {
            if (hasOwnSilo)
            {
                builder.AddSilo(ClusterSettings.Read(builder.Configuration));
                builder.Services.AddSingleton<TimeProvider>(Time);
            }
            else
            {
                builder.Services.AddSingleton(_ => SharedSilo.Current.Grains);
            }
        });
        _secondGateway = new Lazy<Task<WebApplication>>(StartSecondGateway);
    }

    /// <summary>The files of all gateways of the tests.</summary>
    internal static TemporaryFolder FilesFolder { get; } = new();

    /// <summary>What all gateways of the tests have in common.</summary>
    internal static string[] DefaultSettings =>
    [
        "--environment=Development", "--urls=http://127.0.0.1:0", $"--SECRET_KEY={SecretKey}",
        "--AUTH_REQUESTS_PER_MINUTE_PER_IP=0", "--USER_REQUESTS_PER_MINUTE=0", $"--FILES_URL=file://{FilesFolder.Path}",
    ];

    /// <summary>The clock, if the silo is the gateway's own.</summary>
    public AdjustableTimeProvider Time { get; } = new();

    internal IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    internal string DatabaseFile => Path.Combine(_folder!.Path, "test.db");

    internal Uri Address => new(_app.Urls.Single());

    internal IServiceProvider Services => _app.Services;

    /// <summary>Starts a gateway that uses the shared silo.</summary>
    internal static Task<GatewayFixture> StartAsync(string[]? settings = null, Action<WebApplicationBuilder>? configure = null) =>
        StartAsync(new GatewayFixture(settings ?? [], configure));

    /// <summary>Starts a gateway with a silo of its own.</summary>
    internal static Task<GatewayFixture> StartWithSiloAsync(string[]? settings = null, Action<WebApplicationBuilder>? configure = null) =>
        StartAsync(new GatewayFixture(settings ?? [], configure, hasOwnSilo: true));

    public async ValueTask InitializeAsync()
    {
        if (_folder is null)
        {
            await SharedSilo.Started;
        }

        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_secondGateway.IsValueCreated)
        {
            await (await _secondGateway.Value).DisposeAsync();
        }

        await _app.DisposeAsync();
        _folder?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Waits until the web server listens, which it may do before the gateway has started.</summary>
    internal async Task WaitUntilListening()
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var deadline = Deadline.Start();
        while (_app.Urls.SingleOrDefault() is not { } url || new Uri(url).Port == 0)
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>A client that has not signed in.</summary>
    internal HttpClient CreateAnonymousClient() => CreateClient(_app);

    internal async Task<HttpClient> CreateAnonymousClientAtSecondGateway() => CreateClient(await _secondGateway.Value);

    /// <summary>A user who has not signed up.</summary>
    internal ApiUser NewUser() => new(this);

    /// <summary>A user who has signed in past this gateway, and has a room whose model the test plays.</summary>
    internal Task<ApiUser> NewUserWithRoom() => NewUser().SignInWithRoom();

    /// <summary>A token that this gateway issues for the session of a user.</summary>
    internal string TokenOf(ApiUser user)
    {
        var token = new JsonWebToken(user.Token);
        var version = int.Parse(token.GetClaim("ver").Value, System.Globalization.CultureInfo.InvariantCulture);
        var session = new SessionGrant(Guid.Parse(token.GetClaim("sid").Value), version);
        return Services.GetRequiredService<AccessTokenService>().Issue(user.Id, session);
    }

    /// <summary>Begins to stop, as on SIGTERM.</summary>
    internal void Stop() => Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

    /// <summary>Hashes passwords as strongly as in production. By default tests hash weakly, because strong hashes take time.</summary>
    internal static void UseStrongHashes(WebApplicationBuilder builder) => SetIterations(builder, ThrottledPasswordHasher.Iterations);

    private static HttpClient CreateClient(WebApplication app) => new() { BaseAddress = new Uri(app.Urls.Single()), Timeout = Deadline.Timeout };

    private static void SetIterations(WebApplicationBuilder builder, int iterations) =>
        builder.Services.PostConfigure<PasswordHasherOptions>(options => options.IterationCount = iterations);

    private static async Task<GatewayFixture> StartAsync(GatewayFixture gateway)
    {
        await gateway.InitializeAsync();
        return gateway;
    }

    private async Task<WebApplication> StartSecondGateway()
    {
        var app = Build(builder =>
        {
            builder.Services.AddSingleton(Grains);
            builder.Services.AddSingleton(Services.GetRequiredService<TimeProvider>());
        });
        await app.StartAsync();
        return app;
    }

    private WebApplication Build(Action<WebApplicationBuilder> addGrains) => GatewayApp.Build(_settings, builder =>
    {
        builder.Logging.ClearProviders();
        SetIterations(builder, iterations: 1_000);
        addGrains(builder);
        _configure?.Invoke(builder);
    });
}

/// <summary>The gateway of a test class that advances the clock, or looks at all grains.</summary>
public sealed class OwnSiloGatewayFixture() : GatewayFixture([], hasOwnSilo: true);

/// <summary>The gateway of a test class that needs hashes as strong as in production.</summary>
public sealed class StrongHashesGatewayFixture() : GatewayFixture([], UseStrongHashes);

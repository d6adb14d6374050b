using GeminiChat.Running;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GeminiChat.Gateway.Tests.Live;

/// <summary>
/// Two gateways before one silo with the real grains on a real database, and a clock that the test can set forward.
/// Tokens are judged by the real clock: after a jump, new ones are not valid yet.
/// </summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly WebApplication _app;
    private readonly WebApplication _secondGateway;

    public GatewayFixture()
        : this([])
    {
    }

    internal GatewayFixture(params string[] settings)
        : this(null, settings)
    {
    }

    internal GatewayFixture(LogRecorder? log, string[] settings, Action<WebApplicationBuilder>? configure = null)
    {
        string[] all =
        [
            "--environment=Development", "--urls=http://127.0.0.1:0", $"--SECRET_KEY={TestGateway.SecretKey}",
            $"--DATABASE_URL=sqlite:///{_folder.Path}/test.db", "--AUTH_REQUESTS_PER_MINUTE_PER_IP=0", "--USER_REQUESTS_PER_MINUTE=0", .. settings,
        ];
        _app = GatewayApp.Build(all, builder =>
        {
            builder.Logging.ClearProviders();
            AddRecorder(builder.Logging, log);
            builder.AddSilo(ClusterSettings.Read(builder.Configuration));
            builder.Services.AddSingleton<TimeProvider>(Time);
            configure?.Invoke(builder);
        });
        _secondGateway = GatewayApp.Build(all, builder =>
        {
            builder.Logging.ClearProviders();
            AddRecorder(builder.Logging, log);
            builder.Services.AddSingleton(Grains);
            builder.Services.AddSingleton<TimeProvider>(Time);
        });
    }

    public AdjustableTimeProvider Time { get; } = new();

    internal IGrainFactory Grains => _app.Services.GetRequiredService<IGrainFactory>();

    internal string DatabaseFile => Path.Combine(_folder.Path, "test.db");

    internal Uri Address => new(_app.Urls.Single());

    internal static async Task<GatewayFixture> StartAsync(params string[] settings)
    {
        var gateway = new GatewayFixture(settings);
        await gateway.InitializeAsync();
        return gateway;
    }

    internal static async Task<GatewayFixture> StartAsync(Action<WebApplicationBuilder> configure, params string[] settings)
    {
        var gateway = new GatewayFixture(null, settings, configure);
        await gateway.InitializeAsync();
        return gateway;
    }

    public async ValueTask InitializeAsync()
    {
        await _app.StartAsync();
        await _secondGateway.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _secondGateway.DisposeAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    internal HttpClient CreateAnonymousClient() => new() { BaseAddress = Address, Timeout = Deadline };

    /// <summary>A client of the other gateway.</summary>
    internal HttpClient CreateAnonymousClientAtSecondGateway() => new() { BaseAddress = new Uri(_secondGateway.Urls.Single()), Timeout = Deadline };

    internal ApiUser NewUser() => new(this);

    private static void AddRecorder(ILoggingBuilder logging, LogRecorder? log)
    {
        if (log is not null)
        {
            logging.AddRecorder(log);
        }
    }
}

/// <summary>The real clock, set forward by the test. Timers run as ever.</summary>
public sealed class AdjustableTimeProvider : TimeProvider
{
    private TimeSpan _shift;

    public void Advance(TimeSpan by) => _shift += by;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _shift;
}

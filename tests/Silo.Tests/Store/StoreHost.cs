using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Users;
using GeminiChat.Silo.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GeminiChat.Silo.Tests.Store;

/// <summary>A host with the store and nothing else.</summary>
internal sealed class StoreHost(IHost host, LogRecorder log) : IAsyncDisposable
{
    public IRoomStore Rooms => Service<IRoomStore>();

    public IUserStore Users => Service<IUserStore>();

    public Database Database => Service<Database>();

    public LogRecorder Log => log;

    public T Service<T>()
        where T : notnull => host.Services.GetRequiredService<T>();

    /// <summary>What the readiness probe would find.</summary>
    public async Task<bool> IsHealthy() =>
        (await new StoreHealthCheck(Database).CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken)).Status
            is HealthStatus.Healthy;

    public static async Task<StoreHost> Start(
        string url,
        bool clustered = false,
        StoreTimeouts? timeouts = null,
        Action<IHostApplicationBuilder>? configure = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([new("DATABASE_URL", url)]);
        var log = new LogRecorder();
        builder.Logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log);
        builder.Services.AddSingleton(timeouts ?? new StoreTimeouts());
        builder.Services.AddStore(clustered);
        configure?.Invoke(builder);
        var host = builder.Build();
        try
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await Dispose(host);
            throw;
        }

        return new StoreHost(host, log);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await Dispose(host);
    }

    private static ValueTask Dispose(IHost host) => ((IAsyncDisposable)host).DisposeAsync();
}

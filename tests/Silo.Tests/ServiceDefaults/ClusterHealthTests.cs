using GeminiChat.ServiceDefaults.ClusterClient;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace GeminiChat.Silo.Tests.ServiceDefaults;

/// <summary>A client of a cluster, as a gateway is one, and the only silo of it.</summary>
public sealed class ClusterHealthTests
{
    [Fact]
    public async Task A_client_is_healthy_while_a_silo_can_be_reached()
    {
        var (siloPort, gatewayPort) = (Ports.FindFree(), Ports.FindFree());
        using var first = await Start(host => host.UseOrleans(silo => silo.UseLocalhostClustering(siloPort, gatewayPort)));
        using var client = await Start(host => host.UseOrleansClient(orleans =>
        {
            orleans.UseLocalhostClustering(gatewayPort);
            orleans.AddClusterHealthCheck();
        }));
        await WaitForStatus(client, HealthStatus.Healthy);

        await first.StopAsync(TestContext.Current.CancellationToken);
        await WaitForStatus(client, HealthStatus.Unhealthy);

        // Nobody but the check itself calls anything: it must find the way back alone.
        using var second = await Start(host => host.UseOrleans(silo => silo.UseLocalhostClustering(siloPort, gatewayPort)));
        await WaitForStatus(client, HealthStatus.Healthy);
        await client.StopAsync(TestContext.Current.CancellationToken);
        await second.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task WaitForStatus(IHost client, HealthStatus status)
    {
        using var deadline = Deadline.Start();
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var checks = client.Services.GetRequiredService<HealthCheckService>();
        while ((await checks.CheckHealthAsync(deadline.Token)).Status != status)
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    private static async Task<IHost> Start(Action<IHostApplicationBuilder> configure)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        configure(builder);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }
}

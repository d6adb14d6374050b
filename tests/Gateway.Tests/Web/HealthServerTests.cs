using System.Net;
using System.Net.Sockets;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;
using GeminiChat.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Hosting;

namespace GeminiChat.Gateway.Tests.Web;

/// <summary>The probes at an address of their own.</summary>
public sealed class HealthServerTests
{
    [Fact]
    public async Task The_health_address_answers_probes_when_the_service_has_no_free_connection()
    {
        var probes = new Uri($"http://127.0.0.1:{Ports.FindFree()}");
        await using var gateway = await GatewayFixture.StartAsync(
            [$"--HEALTH_URL={probes}"],
            builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxConcurrentConnections = 1));
        using var only = new TcpClient(gateway.Address.Host, gateway.Address.Port);
        using var deadline = Deadline.Start();
        await only.GetStream().WriteAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), deadline.Token);
        Assert.NotEqual(0, await only.GetStream().ReadAsync(new byte[1], deadline.Token));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => gateway.CreateAnonymousClient().GetAsync("/health/live", deadline.Token));

        using var probe = new HttpClient { BaseAddress = probes };
        Assert.Equal("""{"status":"live"}""", await probe.GetStringAsync("/health/live", deadline.Token));
        Assert.Equal("""{"status":"ready"}""", await probe.GetStringAsync("/health/ready", deadline.Token));
        await (await probe.GetAsync("/user/me", deadline.Token)).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_stopping_gateway_is_not_ready_at_the_health_address()
    {
        var probes = new Uri($"http://127.0.0.1:{Ports.FindFree()}");
        await using var gateway = await GatewayFixture.StartAsync([$"--HEALTH_URL={probes}"]);
        using var probe = new HttpClient { BaseAddress = probes };

        gateway.Stop();

        await (await probe.GetAsync("/health/ready", TestContext.Current.CancellationToken)).ReadProblemAsync(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Idle_connections_do_not_block_the_health_address()
    {
        var probes = new Uri($"http://127.0.0.1:{Ports.FindFree()}");
        await using var gateway = await GatewayFixture.StartAsync([$"--HEALTH_URL={probes}"]);
        using var deadline = Deadline.Start();
        var idle = Enumerable.Range(0, 100).Select(_ => new TcpClient(probes.Host, probes.Port)).ToList();

        // Each is closed by the server after a while.
        await Task.WhenAll(idle.Select(async one => Assert.Equal(0, await one.GetStream().ReadAsync(new byte[1], deadline.Token))));

        using var probe = new HttpClient { BaseAddress = probes };
        Assert.Equal("""{"status":"live"}""", await probe.GetStringAsync("/health/live", deadline.Token));
        idle.ForEach(static one => one.Dispose());
    }

    [Fact]
    public void The_port_of_the_service_is_refused_as_HEALTH_URL() => Assert.Contains(
        "HEALTH_URL must have another port",
        Assert.Throws<SettingException>(() => new GatewayFixture(["--urls=http://127.0.0.1:18081", "--HEALTH_URL=http://0.0.0.0:18081"])).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("8081")]
    [InlineData("http://localhost")]
    [InlineData("http://localhost:8081/health")]
    public void A_malformed_HEALTH_URL_is_refused(string url) => Assert.Contains(
        "HEALTH_URL", Assert.Throws<SettingException>(() => new GatewayFixture([$"--HEALTH_URL={url}"])).Message, StringComparison.Ordinal);
}

using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace GeminiChat.Gateway.Tests.Web;

/// <summary>A gateway that listens before its cluster is there.</summary>
public sealed class GatewayStartupTests
{
    [Theory]
    [InlineData("POST", "/auth/send-otp")]
    [InlineData("GET", "/chatroom")]
    [InlineData("GET", "/")]
    [InlineData("GET", "/nowhere")]
    public async Task Until_the_cluster_is_connected_every_route_but_the_probes_answers_503(string method, string path)
    {
        var cluster = new Connecting();
        var gateway = new GatewayFixture([], builder => Await(builder, cluster));
        var started = gateway.InitializeAsync().AsTask();
        await gateway.WaitUntilListening();
        using var client = (await gateway.NewUserWithRoom()).Client;

        using var refused = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        var ready = await client.GetAsync("/health/ready");

        Assert.Equal("1", Assert.Single(refused.Headers.GetValues("Retry-After")));
        await refused.ReadProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Contains("cluster", await ready.ReadProblemAsync(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);

        cluster.Found.SetResult();
        await started;
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/chatroom")).StatusCode);
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_gateway_that_lost_its_cluster_is_not_ready()
    {
        await using var gateway = await GatewayFixture.StartAsync(configure: builder => builder.Services
            .AddHealthChecks().AddCheck("cluster", () => HealthCheckResult.Unhealthy(), ["ready"]));

        await (await gateway.CreateAnonymousClient().GetAsync("/health/ready")).ReadProblemAsync(HttpStatusCode.ServiceUnavailable);
    }

    private static void Await(WebApplicationBuilder builder, Connecting cluster)
    {
        builder.Services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
        builder.Services.AddSingleton<IHostedService>(cluster);
    }

    /// <summary>The start of a client that finds no silo yet.</summary>
    private sealed class Connecting : IHostedService
    {
        public TaskCompletionSource Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task StartAsync(CancellationToken cancellationToken) => Found.Task;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

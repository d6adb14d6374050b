using GeminiChat.Cluster.Tests.Servers;

namespace GeminiChat.Cluster.Tests;

/// <summary>The members of a new cluster may start in any order.</summary>
public sealed class StartOrderTests
{
    [Fact]
    public async Task Gateways_that_start_before_any_silo_wait_for_one()
    {
        RunningCluster.SkipUnlessPossible();
        await using var cluster = await RunningCluster.Start();
        GatewayProcess[] gateways = [cluster.LaunchGateway(), cluster.LaunchGateway()];
        await Task.WhenAll(gateways.Select(gateway => gateway.WaitUntilLive()));
        await Task.WhenAll(gateways.Select(gateway => gateway.WaitUntilNotReady()));

        cluster.LaunchSilo();

        await Task.WhenAll(gateways.Select(gateway => gateway.WaitUntilReady()));
        var user = await ChatUser.SignIn(gateways[0].Http);
        Assert.Equal("ok", (await user.Through(gateways[1].Http).Ask(await user.NewRoom(), "hello")).Text());
    }
}

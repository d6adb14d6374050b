using System.Net;
using GeminiChat.Fakes;

namespace GeminiChat.Cluster.Tests;

/// <summary>The members of a new cluster may start in any order.</summary>
[Collection<StableMembers>]
public sealed class StartOrderTests(StableClusterFixture fixture)
{
    [Fact]
    public async Task Gateways_that_start_before_any_silo_wait_for_one()
    {
        var cluster = await fixture.GetHealthyCluster();
        cluster.Gemini.ReplyWith(_ => Script.Words("ok"));

        Assert.Equal([HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable], fixture.ReadinessBeforeSilos);
        var user = await ChatUser.SignIn(cluster.Gateways[0].Http);
        Assert.Equal("ok", (await user.Through(cluster.Gateways[1].Http).Ask(await user.NewRoom(), "hello")).Text());
    }
}

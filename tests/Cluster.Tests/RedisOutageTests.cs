using System.Net;
using GeminiChat.Cluster.Tests.Servers;

namespace GeminiChat.Cluster.Tests;

/// <summary>Redis lists the cluster's members. Those who have found each other do not need it.</summary>
[Collection<ServerFaults>]
public sealed class RedisOutageTests(ClusterFixture fixture)
{
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromSeconds(1);

    // Longer than the 30 s in which a silo says that it is alive, and than the 10 s in which it reads the table.
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(TestLength.Of(40, 300));

    [Fact]
    public async Task A_restart_and_a_long_outage_of_Redis_have_no_effect_and_a_silo_can_join_afterwards()
    {
        var cluster = await fixture.GetHealthyCluster();
        var talk = new ChatDriver(cluster);
        cluster.Gemini.ReplyWith(talk.AnswerInFull);
        using var crowd = await BackgroundLoad.Start(cluster, talk);
        await crowd.AssertProgress();
        var unanswered = cluster.FailedSends;

        foreach (var away in (TimeSpan[])[TimeSpan.Zero, Away])
        {
            await cluster.Redis.Kill();
            await crowd.AssertProgress();
            await AssertAllReady(cluster, away);
            await cluster.Redis.Restart();
            await crowd.AssertProgress();
        }

        await cluster.LaunchSilo().WaitUntilReady();

        // All silos must agree at once where those are whom nobody has used yet.
        using var newcomers = await BackgroundLoad.Start(cluster, talk);
        await newcomers.AssertProgress();
        await crowd.AssertProgress();
        await newcomers.StopAndVerify();
        await crowd.StopAndVerify();
        Assert.Equal(unanswered, cluster.FailedSends);
        Assert.Equal((crowd.Posts, newcomers.Posts), (crowd.Calls, newcomers.Calls));
        await AssertAllReady(cluster, TimeSpan.Zero);
    }

    private static async Task AssertAllReady(RunningCluster cluster, TimeSpan during)
    {
        using var timer = new PeriodicTimer(BetweenProbes);
        var start = TimeProvider.System.GetTimestamp();
        do
        {
            foreach (var member in cluster.Silos.Concat<WebProcess>(cluster.Gateways))
            {
                using var ready = await member.Http.GetAsync("/health/ready");
                Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
            }

            await timer.WaitForNextTickAsync();
        }
        while (TimeProvider.System.GetElapsedTime(start) < during);
    }
}

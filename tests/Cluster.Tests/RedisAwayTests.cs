using System.Net;
using GeminiChat.Cluster.Tests.Servers;

namespace GeminiChat.Cluster.Tests;

/// <summary>Redis lists the cluster's members. Those who have found each other do not need it.</summary>
public sealed class RedisAwayTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromSeconds(1);

    // Longer than the 30 s in which a silo says that it is alive, and than the 10 s in which it reads the table.
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(TestLength.Of(40, 300));

    [Fact]
    public Task A_restart_with_its_file_goes_unnoticed_and_a_silo_can_join_afterwards() => GoesUnnoticed(TimeSpan.Zero);

    [Fact]
    public Task A_long_outage_of_Redis_has_no_effect_and_a_silo_can_join_afterwards() => GoesUnnoticed(Away);

    private async Task GoesUnnoticed(TimeSpan away)
    {
        var cluster = await fixture.Whole();
        var talk = new Talk(cluster);
        cluster.Gemini.Answer(talk.Whole);
        using var crowd = await Crowd.Gather(cluster, talk, await ChatUser.SignIn(cluster.Gateways[0].Http));
        await crowd.GoesOn();
        var unanswered = cluster.Unanswered;

        await cluster.Redis.Kill();
        await crowd.GoesOn();
        await AllAreReady(cluster, away);
        await cluster.Redis.Restart();
        await crowd.GoesOn();
        await cluster.LaunchSilo().UntilReady();

        // All silos must agree at once where those are whom nobody has used yet.
        using var newcomers = await Crowd.Gather(cluster, talk, await ChatUser.SignIn(cluster.Gateways[0].Http));
        await newcomers.GoesOn();
        await crowd.GoesOn();
        await newcomers.Ends();
        await crowd.Ends();
        Assert.Equal(unanswered, cluster.Unanswered);
        Assert.Equal((crowd.Posts, newcomers.Posts), (crowd.Calls, newcomers.Calls));
        await AllAreReady(cluster, TimeSpan.Zero);
    }

    private static async Task AllAreReady(RunningCluster cluster, TimeSpan during)
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

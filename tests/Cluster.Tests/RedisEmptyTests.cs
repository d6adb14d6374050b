namespace GeminiChat.Cluster.Tests;

/// <summary>Redis has lost the list of the cluster's members.</summary>
[Collection<ServerFaults>]
public sealed class RedisEmptyTests(ClusterFixture fixture, ITestOutputHelper output)
{
    private static readonly TimeSpan ForTheEnd = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ForService = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Silos_turn_red_and_end_and_after_their_restart_all_goes_on()
    {
        var cluster = await fixture.Whole();
        var talk = new Talk(cluster);
        cluster.Gemini.Answer(talk.Whole);
        using var crowd = await Crowd.Gather(cluster, talk, await ChatUser.SignIn(cluster.Gateways[0].Http));
        await crowd.GoesOn();

        await cluster.Redis.Clear();
        var start = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(cluster.Silos.Select(silo => EndsAndIsRestarted(silo)));
        await crowd.GoesOn().WaitAsync(ForService - TimeProvider.System.GetElapsedTime(start), TestContext.Current.CancellationToken);
        output.WriteLine($"back after {TimeProvider.System.GetElapsedTime(start)}");

        await crowd.Ends();
        Assert.DoesNotContain(cluster.Gateways, gateway => gateway.HasExited);
    }

    /// <summary>What an orchestrator does.</summary>
    private static async Task EndsAndIsRestarted(SiloProcess silo)
    {
        await silo.UntilNotReady().WaitAsync(ForTheEnd, TestContext.Current.CancellationToken);
        Assert.NotEqual(0, await silo.UntilExit().WaitAsync(ForTheEnd, TestContext.Current.CancellationToken));
        await silo.Restart();
    }
}

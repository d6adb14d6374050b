namespace GeminiChat.Cluster.Tests;

/// <summary>Redis has lost the list of the cluster's members.</summary>
[Collection<ServerFaults>]
public sealed class RedisDataLossTests(ClusterFixture fixture, ITestOutputHelper output)
{
    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RecoveryTimeout = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task When_Redis_lost_its_data_silos_become_unready_end_and_serve_again_after_a_restart()
    {
        var cluster = await fixture.GetHealthyCluster();
        var talk = new ChatDriver(cluster);
        cluster.Gemini.ReplyWith(talk.AnswerInFull);
        using var crowd = await BackgroundLoad.Start(cluster, talk);
        await crowd.AssertProgress();

        await cluster.Redis.FlushAll();
        var start = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(cluster.Silos.Select(silo => AssertExitsAndRestart(silo)));
        await crowd.AssertProgress().WaitAsync(RecoveryTimeout - TimeProvider.System.GetElapsedTime(start), TestContext.Current.CancellationToken);
        output.WriteLine($"back after {TimeProvider.System.GetElapsedTime(start)}");

        await crowd.StopAndVerify();
        Assert.DoesNotContain(cluster.Gateways, gateway => gateway.HasExited);
    }

    /// <summary>What an orchestrator does.</summary>
    private static async Task AssertExitsAndRestart(SiloProcess silo)
    {
        await silo.WaitUntilNotReady().WaitAsync(ExitTimeout, TestContext.Current.CancellationToken);
        Assert.NotEqual(0, await silo.WaitForExit().WaitAsync(ExitTimeout, TestContext.Current.CancellationToken));
        await silo.Restart();
    }
}

namespace GeminiChat.Cluster.Tests;

/// <summary>One member after the other is restarted, as for a new version.</summary>
[Collection<MemberFaults>]
public sealed class RollingRestartTests(PartitionableClusterFixture fixture)
{
    [Fact]
    public async Task During_a_rolling_restart_a_repeat_with_the_same_key_always_succeeds()
    {
        var cluster = await fixture.GetHealthyCluster();
        var talk = new ChatDriver(cluster);
        cluster.Gemini.ReplyWith(talk.AnswerInFull);
        using var crowd = await BackgroundLoad.Start(cluster, talk);
        await crowd.AssertProgress();

        // The other gateway is stopped under its readers in GatewayLossTests.
        foreach (var member in (WebProcess[])[.. cluster.Silos, .. cluster.Gateways.TakeLast(TestLength.Of(1, 2))])
        {
            Assert.Equal(0, await member.Stop());
            await member.Restart();
            await crowd.AssertProgress();
        }

        await crowd.StopAndVerify();
    }
}

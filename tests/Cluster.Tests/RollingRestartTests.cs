namespace GeminiChat.Cluster.Tests;

/// <summary>One member after the other is restarted, as for a new version.</summary>
[Collection<MemberFaults>]
public sealed class RollingRestartTests(ClusterFixture fixture)
{
    [Fact]
    public async Task Clients_meet_nothing_that_a_repeat_with_the_same_key_does_not_heal()
    {
        var cluster = await fixture.Whole();
        var talk = new Talk(cluster);
        cluster.Gemini.Answer(talk.Whole);
        using var crowd = await Crowd.Gather(cluster, talk, await ChatUser.SignIn(cluster.Gateways[0].Http));
        await crowd.GoesOn();

        foreach (WebProcess member in (IEnumerable<WebProcess>)[.. cluster.Silos, .. cluster.Gateways])
        {
            Assert.Equal(0, await member.Stop());
            await member.Restart();
            await crowd.GoesOn();
        }

        await crowd.Ends();
    }
}

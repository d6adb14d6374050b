namespace GeminiChat.Cluster.Tests;

/// <summary>Clients of a gateway that ends go on at another one.</summary>
[Collection<MemberFaults>]
public sealed class GatewayLossTests(ClusterFixture fixture)
{
    private const int Streams = 50;

    [Fact]
    public Task After_kill_9_its_readers_go_on_at_the_other_where_they_were_cut_off() =>
        ReadersGoOn(gateway => gateway.Kill());

    [Fact]
    public Task At_SIGTERM_its_readers_are_sent_away_and_go_on_at_the_other() =>
        ReadersGoOn(async gateway => Assert.Equal(0, await gateway.Stop()));

    private async Task ReadersGoOn(Func<GatewayProcess, Task> end)
    {
        var cluster = await fixture.Whole();
        var talk = new Talk(cluster);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Gemini.Answer(request => talk.HalfAtFirst(request, ended.Task));
        var rooms = await talk.Open(await ChatUser.SignIn(cluster.Gateways[0].Http), Streams);
        await talk.PostToEach(rooms);
        var audience = new Audience(cluster);
        await audience.Listen(rooms, cluster.Gateways[0]);

        await end(cluster.Gateways[0]);

        ended.SetResult();
        await audience.UntilEnds();
        await talk.Check(rooms);
        Assert.All(rooms, room => Assert.Single(room.Followed));
        Assert.Equal(Streams, talk.Model.Calls.Count);
    }
}

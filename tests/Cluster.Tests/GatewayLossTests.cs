namespace GeminiChat.Cluster.Tests;

/// <summary>Clients of a gateway that ends go on at another one.</summary>
[Collection<MemberFaults>]
public sealed class GatewayLossTests(PartitionableClusterFixture fixture)
{
    private const int Streams = 20;

    [Fact]
    public Task After_kill_9_of_a_gateway_its_readers_resume_at_the_other_one() =>
        AssertReadersContinue(gateway => gateway.Kill());

    [Fact]
    public Task At_SIGTERM_a_gateway_tells_its_readers_to_reconnect_and_they_resume_at_the_other_one() =>
        AssertReadersContinue(async gateway => Assert.Equal(0, await gateway.Stop()));

    private async Task AssertReadersContinue(Func<GatewayProcess, Task> end)
    {
        var cluster = await fixture.GetHealthyCluster();
        var talk = new ChatDriver(cluster);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Gemini.ReplyWith(request => talk.BlockFirstCallHalfway(request, ended.Task));
        var rooms = await talk.Open(Streams);
        await talk.PostToEach(rooms);
        var audience = new ReplyReaders(cluster);
        await audience.StartReading(rooms, cluster.Gateways[0]);

        await end(cluster.Gateways[0]);

        ended.SetResult();
        await audience.WaitForEnds();
        await talk.VerifyRooms(rooms);
        Assert.All(rooms, room => Assert.Single(room.ReadReplies));
        Assert.Equal(Streams, talk.Model.Calls.Count);
    }
}

using GeminiChat.Fakes;

namespace GeminiChat.Cluster.Tests;

/// <summary>Webhooks of several silos, one of which is lost.</summary>
[Collection<MemberFaults>]
public sealed class WebhookTests(PartitionableClusterFixture fixture)
{
    private const int Rooms = 24;
    private const int Turns = 4;

    [Fact]
    public async Task The_events_of_a_room_arrive_in_order_though_a_silo_is_killed()
    {
        var cluster = await fixture.GetHealthyCluster();
        cluster.Gemini.ReplyWith(request => Script.Words($"re {request.LastText}"));
        var user = await ChatUser.SignIn(cluster.Gateways[0].Http);
        var other = await ChatUser.SignIn(cluster.Gateways[1].Http);
        var rooms = await Task.WhenAll(Enumerable.Range(0, Rooms).Select(async i =>
        {
            var owner = i % 2 == 0 ? user : other;
            return (Owner: owner, Id: await owner.NewRoom());
        }));
        await Task.WhenAll(rooms.SelectMany(room => Enumerable.Range(0, Turns).Select(i => room.Owner.Post(room.Id, $"message {i}"))));

        await fixture.Receiver.WaitUntil(seen => seen.Count(one => rooms.Any(room => room.Id == one.OrderingKey)) >= Rooms);
        await cluster.Silos[0].Kill();

        var received = await fixture.Receiver.WaitUntil(seen =>
            rooms.All(room => seen.Any(one => one.OrderingKey == room.Id && one.Type == "reply.finished" && one.Reply == 2 * Turns)));
        Assert.All(rooms, room => Assert.Equal(
            Enumerable.Range(1, Turns).Select(i => 2L * i),
            received.Where(one => one.OrderingKey == room.Id).Select(one => one.Reply).Distinct()));
    }
}

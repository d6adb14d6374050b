using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Fakes;

namespace GeminiChat.Cluster.Tests;

/// <summary>Which silos rooms are on.</summary>
[Collection<MembershipChanges>]
public sealed class PlacementTests(ClusterFixture fixture)
{
    private const int Rooms = 150;

    /// <summary>A fair share, give or take far more than chance does.</summary>
    [Fact]
    public async Task Rooms_are_spread_over_silos_and_a_new_silo_takes_only_a_share_of_new_rooms()
    {
        var cluster = await fixture.GetHealthyCluster();
        cluster.Gemini.ReplyWith(_ => Script.Words("ok"));
        Assert.All(await OpenRooms(cluster, silos: 2), share => Assert.InRange(share, 1 / 4.0, 3 / 4.0));

        await cluster.LaunchSilo().WaitUntilReady();

        Assert.All(await OpenRooms(cluster, silos: 3), share => Assert.InRange(share, 1 / 6.0, 3 / 5.0));
    }

    /// <summary>Opens many rooms, and tells which share of them is on each silo.</summary>
    private static async Task<IEnumerable<double>> OpenRooms(RunningCluster cluster, int silos)
    {
        var talk = new ChatDriver(cluster);
        var user = await ChatUser.SignIn(cluster.Gateways[0].Http);
        var rooms = await talk.Open(user, Rooms);
        await talk.PostToEach(rooms);
        await talk.WaitUntilAnswered(rooms, Deadline.Timeout);
        var markers = rooms.Select(room => room.Marker).ToHashSet();
        var calls = cluster.Gemini.Calls.Requests.Where(call => markers.Contains(call.System!)).ToList();
        Assert.Equal(Rooms, calls.Count);
        return Enumerable.Range(0, silos).Select(silo => calls.Count(call => RunningCluster.SiloOf(call) == silo) / (double)Rooms);
    }
}

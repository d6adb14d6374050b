using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Running.Havoc;

namespace GeminiChat.Cluster.Tests;

/// <summary>Two silos do not reach each other; gateways, database and Redis reach both.</summary>
public sealed class PartitionTests(LinkedFixture fixture) : IClassFixture<LinkedFixture>
{
    private const int RoomsOfASilo = 5;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task One_goes_on_and_the_other_ends_and_every_message_is_answered_once()
    {
        var cluster = await fixture.Whole();
        var talk = new Talk(cluster);
        var isOver = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var user = await ChatUser.SignIn(cluster.Gateways[0].Http);
        cluster.Gemini.Answer(request => talk.HalfAtFirst(request, isOver.Task));
        var held = await AtWorkOnBoth(cluster, talk, user);
        cluster.Gemini.Answer(request => held.Any(room => room.Marker == request.System)
            ? talk.HalfAtFirst(request, isOver.Task)
            : talk.Whole(request));
        using var crowd = await Crowd.Gather(cluster, talk, user);
        await crowd.GoesOn();

        fixture.Cut();
        var evicted = await await Task.WhenAny(cluster.Silos.Select(async silo => (Silo: silo, Code: await silo.UntilExit())));
        Assert.NotEqual(0, evicted.Code);
        await crowd.GoesOn();
        fixture.Mend();
        isOver.SetResult();
        await evicted.Silo.Restart();

        await crowd.GoesOn();
        await crowd.Ends();
        await talk.UntilAnswered(held, Deadline);
        await talk.Check(held);
        foreach (var room in held)
        {
            // The silo that goes on may have to begin again too, also with what it took over: where a room is was perhaps
            // known to the other one only.
            var calls = talk.Model.Calls.Where(call => call.Room == room.Marker).ToList();
            Assert.InRange(calls.Count, 1, 3);
            Assert.Equal(calls[^1].Text, (await user.Get($"/chatroom/{room.Id}/message/2")).Content());
        }
    }

    /// <summary>Opens rooms until both silos have some at work: where they come to be is not for the test to say.</summary>
    private static async Task<List<RoomRecord>> AtWorkOnBoth(RunningCluster cluster, Talk talk, ChatUser user)
    {
        var rooms = new List<RoomRecord>();
        using var deadline = new CancellationTokenSource(Deadline);
        while (cluster.Gemini.Calls.Requests.CountBy(RunningCluster.SiloOf).Count(silo => silo.Value >= RoomsOfASilo) < 2)
        {
            deadline.Token.ThrowIfCancellationRequested();
            var next = await talk.Open(user, RoomsOfASilo);
            await talk.PostToEach(next);
            rooms.AddRange(next);
            await cluster.Gemini.Calls.UntilRunning(rooms.Count);
        }

        return rooms;
    }
}

using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class IdleRoomTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    [Fact]
    public async Task A_room_is_released_from_memory_unless_it_is_at_work()
    {
        await using var test = await cluster.NewRoom();
        var turn = await test.Post("why");
        var call = await test.Model.NextCall();
        await test.Room.DeactivateIfIdle();
        call.Answer("because");

        // The first attempt goes on: the room was not deactivated.
        var (_, end) = await test.Room.ReadToEnd(turn.Reply.Id);
        Assert.Equal((MessageStatus.Completed, 1), (end.Status, end.Attempt));

        await test.Room.DeactivateIfIdle();
        await cluster.WaitForDeactivation(test.Room);
        Assert.Equal(2, (await test.Room.Read(100, before: null))!.Messages.Length);
    }
}

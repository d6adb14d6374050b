using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class CreatingTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    [Fact]
    public async Task A_new_room_is_at_once_first_in_the_list()
    {
        await using var test = await cluster.NewRoom("first");
        test.Model.Answer = _ => "hi";
        var second = GrainKeys.Chatroom(cluster.Grains, new RoomKey(test.Key.UserId, Guid.CreateVersion7()));
        await second.Create(new NewRoom("second", null));
        Assert.Equal(["second", "first"], await Names(test));

        await test.PostAndWaitForReply("hello");
        Assert.Equal(["first", "second"], await Names(test));
    }

    [Fact]
    public async Task Creating_the_same_room_again_answers_the_same_and_another_one_differs()
    {
        await using var test = await cluster.NewRoom();
        var key = new RoomKey(test.Key.UserId, Guid.CreateVersion7());
        var room = cluster.Grains.Chatroom(key);
        var both = await Task.WhenAll(room.Create(new NewRoom("a", "p")), room.Create(new NewRoom("a", "p")));
        Assert.Equal(both[0], both[1]);
        Assert.IsType<CreateRoomOutcome.AlreadyExists>(await room.Create(new NewRoom("b", "p")));
        Assert.IsType<CreateRoomOutcome.AlreadyExists>(await room.Create(new NewRoom("ap", null)));
        await cluster.Deactivate(room);
        Assert.Equal(both[0], await room.Create(new NewRoom("a", "p")));
    }

    [Fact]
    public async Task A_room_that_does_not_exist_is_absent_and_leaves_no_activation()
    {
        var room = cluster.Grains.Chatroom(new RoomKey(Guid.CreateVersion7(), Guid.CreateVersion7()));
        Assert.Null(await room.Read(100, before: null));
        Assert.Null(await room.ReadMessage(1));
        Assert.Null(await room.Stop(1));
        Assert.Null(await room.Follow(1, default, TestContext.Current.CancellationToken));
        Assert.IsType<PostOutcome.RoomAbsent>(await room.Post(new NewMessage("hello", "k")));
        await room.Wake();
        await cluster.WaitForDeactivation(room);
    }

    [Fact]
    public async Task A_room_of_someone_else_is_absent()
    {
        await using var test = await cluster.NewRoom();
        var other = cluster.Grains.Chatroom(new RoomKey(Guid.CreateVersion7(), test.Key.RoomId));
        Assert.Null(await other.Read(100, before: null));
        Assert.IsType<PostOutcome.RoomAbsent>(await other.Post(new NewMessage("hello", "k")));
    }

    [Fact]
    public async Task A_user_may_have_a_thousand_rooms_at_most()
    {
        await using var test = await cluster.NewRoom();
        var outcomes = new List<CreateRoomOutcome>();
        foreach (var chunk in Enumerable.Range(0, 1005).Chunk(100))
        {
            outcomes.AddRange(await Task.WhenAll(chunk.Select(i => cluster.Grains
                .Chatroom(new RoomKey(test.Key.UserId, Guid.CreateVersion7())).Create(new NewRoom($"r{i}", null)))));
        }

        Assert.Equal(999, outcomes.OfType<CreateRoomOutcome.Created>().Count());
        Assert.Equal(6, outcomes.OfType<CreateRoomOutcome.TooManyRooms>().Count());
        Assert.Equal(1000, (await Names(test)).Count);
    }

    private async Task<List<string>> Names(RoomDriver test) =>
        [.. (await cluster.Grains.User(test.Key.UserId).ListRooms()).Rooms.Select(room => room.Name)];
}

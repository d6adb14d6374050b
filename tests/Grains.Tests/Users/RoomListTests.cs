using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Users;

public sealed class RoomListTests(RoomCluster cluster) : IClassFixture<RoomCluster>
{
    [Fact]
    public async Task Older_news_of_a_room_is_ignored()
    {
        await using var test = await cluster.NewRoom("name");
        var user = cluster.Grains.User(test.Key.UserId);
        var now = (await user.ListRooms()).Rooms.Single();
        await user.RoomChanged(now with { Name = "newer", Version = 7 });
        await user.RoomChanged(now with { Name = "older", Version = 6 });
        Assert.Equal("newer", (await user.ListRooms()).Rooms.Single().Name);
    }

    [Fact]
    public async Task The_list_is_there_after_a_restart()
    {
        await using var test = await cluster.NewRoom("kept");
        var user = cluster.Grains.User(test.Key.UserId);
        var before = (await user.ListRooms()).Rooms;
        await cluster.Forget(user);
        Assert.Equal(before, (await user.ListRooms()).Rooms);
    }

    [Fact]
    public async Task A_change_that_nobody_told_of_shows_within_a_minute_of_use()
    {
        await using var test = await cluster.NewRoom("told");
        var user = cluster.Grains.User(test.Key.UserId);
        var now = (await user.ListRooms()).Rooms.Single();
        var untold = new RoomSummary(Guid.CreateVersion7(), "untold", now.CreatedAt, now.UpdatedAt, Version: 1);
        await cluster.Store.Create(test.Key with { RoomId = untold.Id }, new RoomRow(untold, null, NextId: 1, "x"));
        Assert.Single((await user.ListRooms()).Rooms);

        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        await test.Until(async () => (await user.ListRooms()).Rooms.Length == 2);
    }

    [Fact]
    public async Task A_user_who_does_not_exist_has_nothing()
    {
        var nobody = cluster.Grains.User(Guid.CreateVersion7());
        Assert.Null(await nobody.GetProfile());
        Assert.Empty((await nobody.ListRooms()).Rooms);
        Assert.Equal(RoomReservation.UserAbsent, await nobody.ReserveRoom(Guid.CreateVersion7()));
        await cluster.WaitUntilGone(nobody);
    }
}

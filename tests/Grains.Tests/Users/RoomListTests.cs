using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Users;

public sealed class RoomListTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    [Fact]
    public async Task An_older_version_of_a_room_summary_is_ignored()
    {
        await using var test = await cluster.NewRoom("name");
        var user = cluster.Grains.User(test.Key.UserId);
        var now = (await user.ListRooms()).Rooms.Single();
        await user.RoomChanged(now with { Name = "newer", Version = 7 }, []);
        await user.RoomChanged(now with { Name = "older", Version = 6 }, []);
        Assert.Equal("newer", (await user.ListRooms()).Rooms.Single().Name);
    }

    [Fact]
    public async Task The_room_list_survives_a_restart()
    {
        await using var test = await cluster.NewRoom("kept");
        var user = cluster.Grains.User(test.Key.UserId);
        var before = (await user.ListRooms()).Rooms;
        await cluster.Deactivate(user);
        Assert.Equal(before, (await user.ListRooms()).Rooms);
    }

    [Fact]
    public async Task A_room_created_without_a_notification_is_listed_within_a_minute()
    {
        await using var test = await cluster.NewRoom("told");
        var user = cluster.Grains.User(test.Key.UserId);
        var now = (await user.ListRooms()).Rooms.Single();
        var untold = new RoomSummary(Guid.CreateVersion7(), "untold", now.CreatedAt, now.UpdatedAt, Version: 1);
        await cluster.Store.Create(test.Key with { RoomId = untold.Id }, new RoomRow(untold, null, NextId: 1, "x"));
        Assert.Single((await user.ListRooms()).Rooms);

        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        await test.WaitUntil(async () => (await user.ListRooms()).Rooms.Length == 2);
    }

    [Fact]
    public async Task A_user_who_does_not_exist_has_nothing()
    {
        var nobody = cluster.Grains.User(Guid.CreateVersion7());
        Assert.Null(await nobody.GetProfile());
        Assert.Empty((await nobody.ListRooms()).Rooms);
        Assert.Equal(RoomReservation.UserAbsent, await nobody.ReserveRoom(Guid.CreateVersion7()));
        await cluster.WaitForDeactivation(nobody);
    }
}

using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;
using GeminiChat.Grains.Tests.Users;

namespace GeminiChat.Grains.Tests.Chatrooms;

/// <summary>Pinned, archived and temporary rooms.</summary>
public sealed class RoomFlagTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    [Fact]
    public async Task Pin_and_archive_are_in_the_list_at_once_and_after_a_restart_and_are_no_activity()
    {
        await using var test = await cluster.NewRoom();
        var before = (await test.Room.Read(1, before: null))!.Room;
        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        var device = await NoticeReader.Start(cluster.Grains.User(test.Key.UserId));

        var pinned = await Update(test, new RoomPatch(null, null, IsPinned: true));
        Assert.Equal(before with { IsPinned = true, Version = 2, SettingsVersion = 2 }, pinned);
        Assert.Equal(pinned, Assert.Single(await Rooms(test)));
        Assert.Equal(pinned, (await device.Expect<Notice.RoomUpdated>()).Room);
        Assert.Equal(pinned, await Update(test, new RoomPatch(null, null, IsPinned: true)));

        var archived = await Update(test, new RoomPatch(null, null, IsArchived: true));
        Assert.True(archived is { IsPinned: true, IsArchived: true, Version: 3 });
        await test.Deactivate();
        await cluster.Deactivate(cluster.Grains.User(test.Key.UserId));
        Assert.Equal(archived, (await test.Room.Read(1, before: null))!.Room);
        Assert.Equal(archived, Assert.Single(await Rooms(test)));
        Assert.False((await Update(test, new RoomPatch(null, null, IsPinned: false))).IsPinned);
    }

    [Fact]
    public async Task A_pin_invalidates_a_version_condition_like_a_new_name()
    {
        await using var test = await cluster.NewRoom();
        await Update(test, new RoomPatch(null, null, [1], IsPinned: true));
        Assert.IsType<UpdateRoomOutcome.Outdated>(await test.Room.Update(new RoomPatch("name", null, [1])));
        Assert.IsType<UpdateRoomOutcome.Outdated>(await test.Room.Update(new RoomPatch(null, null, [1], IsArchived: true)));
        Assert.Equal("room", (await test.Room.Read(1, before: null))!.Room.Name);
    }

    [Fact]
    public async Task Turns_and_pins_at_once_lose_nothing()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = _ => "yes";
        var posts = Task.WhenAll(Enumerable.Range(0, 10).Select(i => test.PostAndWaitForReply($"{i}")));
        for (var i = 1; i <= 19; i++)
        {
            await Update(test, new RoomPatch(null, null, IsPinned: i % 2 == 1, IsArchived: i % 3 == 0));
            var known = Assert.Single(await Rooms(test));
            Assert.Equal((i % 2 == 1, i % 3 == 0), (known.IsPinned, known.IsArchived));
        }

        await posts;
        var last = (await test.Room.Read(1, before: null))!.Room;
        Assert.True(last is { IsPinned: true, IsArchived: false });
        Assert.Equal(last, (await test.Store.Load(test.Key, tail: 1))!.Row.Summary);
    }

    [Fact]
    public async Task A_pin_does_not_name_a_room_and_a_title_does_not_unpin_it()
    {
        await using var test = await cluster.NewRoom("New chat", isUntitled: true);
        await Update(test, new RoomPatch(null, null, IsPinned: true));
        await test.PostAndAnswer("question", "answer");
        var room = (await test.Room.Read(1, before: null))!.Room;
        Assert.Equal(("question", true), (room.Name, room.IsPinned));
        Assert.Equal(room, (await test.Store.Load(test.Key, tail: 1))!.Row.Summary);
    }

    [Fact]
    public async Task A_flag_set_by_another_activation_is_kept()
    {
        await using var test = await cluster.NewRoom();
        var row = (await test.Store.Load(test.Key, tail: 1))!.Row;
        await test.Store.ChangeSettings(
            test.Key, row with { Summary = row.Summary with { IsArchived = true, Version = 8, SettingsVersion = 8 } }, expected: 1);
        var room = await Update(test, new RoomPatch(null, null, IsPinned: true));
        Assert.True(room is { IsPinned: true, IsArchived: true, Version: > 8 });
    }

    [Fact]
    public async Task Devices_get_no_notice_of_a_temporary_room()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = _ => "yes";
        var user = cluster.Grains.User(test.Key.UserId);
        var device = await NoticeReader.Start(user);
        var temporary = cluster.Grains.Chatroom(test.Key with { RoomId = Guid.CreateVersion7() });
        var created = Assert.IsType<CreateRoomOutcome.Created>(await temporary.Create(new NewRoom("secret", null, IsTemporary: true))).Room;
        Assert.True(created.IsTemporary);
        Assert.Contains(created, await Rooms(test));
        await temporary.Post(new NewMessage("hi", "key"));
        await temporary.ReadToEnd(2);
        Assert.IsType<UpdateRoomOutcome.Updated>(await temporary.Update(new RoomPatch("other", null)));
        await temporary.Delete();

        // A change that the room could not tell of. A device without a read for a minute would be dropped.
        var next = device.Next();
        var stored = created with { Id = Guid.CreateVersion7() };
        await cluster.Store.Create(test.Key with { RoomId = stored.Id }, new RoomRow(stored, null, NextId: 1, "x"));
        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        await test.WaitUntil(async () => (await Rooms(test)).Contains(stored));

        await Update(test, new RoomPatch("shown", null));
        Assert.IsType<Notice.RoomRenamed>(await next);
    }

    [Fact]
    public async Task A_repeated_creation_must_say_again_whether_the_room_is_temporary()
    {
        await using var test = await cluster.NewRoom();
        var room = cluster.Grains.Chatroom(test.Key with { RoomId = Guid.CreateVersion7() });
        var request = new NewRoom("secret", null, IsTemporary: true);
        Assert.IsType<CreateRoomOutcome.Created>(await room.Create(request));
        await cluster.Deactivate(room);
        Assert.IsType<CreateRoomOutcome.AlreadyExists>(await room.Create(request with { IsTemporary = false }));
        Assert.True(Assert.IsType<CreateRoomOutcome.Created>(await room.Create(request)).Room.IsTemporary);
    }

    private static async Task<RoomSummary> Update(RoomDriver test, RoomPatch patch) =>
        Assert.IsType<UpdateRoomOutcome.Updated>(await test.Room.Update(patch)).Room;

    private async Task<ImmutableArray<RoomSummary>> Rooms(RoomDriver test) =>
        (await cluster.Grains.User(test.Key.UserId).ListRooms()).Rooms;
}

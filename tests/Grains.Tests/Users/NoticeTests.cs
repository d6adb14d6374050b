using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Model;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Users;

public sealed class NoticeTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Notices_of_a_room_arrive_in_order_from_any_silo(bool sameSilo)
    {
        await using var test = await cluster.NewRoom();
        var user = cluster.Grains.User(test.Key.UserId);
        var home = await cluster.SiloOf(user);
        var device = await NoticeReader.Start(user);
        IChatroomGrain room;
        Notice.RoomCreated created;
        do
        {
            room = await test.CreateAnotherRoom();
            created = await device.Expect<Notice.RoomCreated>();
        }
        while (home!.Equals(await cluster.SiloOf(room)) != sameSilo);

        await room.Post(new NewMessage("hi", "key"));
        var call = await test.Model.NextCall();
        var queued = await device.Expect<Notice.ReplyQueued>();
        Assert.Equal((created.Room.Id, 2, 0), (queued.RoomId, queued.ReplyId, queued.Position));
        Assert.Equal(new Notice.ReplyGenerating(created.Room.Id, 2), await device.Next());
        await room.Post(new NewMessage("and", "key 2"));
        Assert.Equal(1, (await device.Expect<Notice.ReplyQueued>()).Position);
        call.Answer("hello");
        var finished = await device.Expect<Notice.ReplyFinished>();
        Assert.Equal((created.Room.Id, 2, MessageStatus.Completed), (finished.RoomId, finished.ReplyId, finished.Status));
        Assert.True(created.Room.Version < queued.Version && queued.Version < finished.Version);

        await room.Stop(4);
        await device.Expect<Notice.ReplyGenerating>();
        Assert.Equal(MessageStatus.Stopped, (await device.Expect<Notice.ReplyFinished>()).Status);
    }

    [Fact]
    public async Task A_reply_sends_one_generating_notice_however_often_the_model_is_called()
    {
        await using var test = await cluster.NewRoom();
        var device = await NoticeReader.Start(cluster.Grains.User(test.Key.UserId));
        await test.Post("one");
        (await test.Model.NextCall()).Fail(ModelFault.Unavailable);
        (await test.Model.NextCall()).Answer("yes");
        await device.Expect<Notice.ReplyQueued>();
        await device.Expect<Notice.ReplyGenerating>();
        await device.Expect<Notice.ReplyFinished>();
    }

    [Fact]
    public async Task All_devices_get_the_same_notices_and_a_returning_one_resumes()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = _ => "yes";
        var user = cluster.Grains.User(test.Key.UserId);
        var (one, two) = (await NoticeReader.Start(user), await NoticeReader.Start(user));
        await test.PostAndWaitForReply("first");
        var left = one.Cursor;
        var seen = await one.Next(3);
        Assert.Equal(seen, await two.Next(3));

        var back = await NoticeReader.Start(user, left);
        Assert.Equal(seen, await back.Next(3));
    }

    [Fact]
    public async Task After_the_grain_moved_a_reader_gets_reload_and_misses_nothing_afterwards()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = _ => "yes";
        var user = cluster.Grains.User(test.Key.UserId);
        var device = await NoticeReader.Start(user);
        await cluster.Deactivate(user);
        await device.Expect<Notice.Reload>();
        await test.PostAndWaitForReply("first");
        await device.Expect<Notice.ReplyQueued>();
    }

    [Fact]
    public async Task A_missing_notice_makes_readers_reload()
    {
        await using var test = await cluster.NewRoom();
        var user = cluster.Grains.User(test.Key.UserId);
        var room = (await user.ListRooms()).Rooms.Single();
        var device = await NoticeReader.Start(user);

        // Repeated, as at each activation of the room: that is no change.
        await user.RoomChanged(room, []);
        await user.SetTier(new TierGrant(Tier.Pro, ValidUntil: null, Version: 1));
        Assert.Equal(new Notice.TierChanged(Tier.Pro), await device.Next());

        await user.RoomChanged(room with { Version = 100 }, []);
        await device.Expect<Notice.Reload>();
        await user.RoomChanged(room with { Version = 101 }, [new Notice.ReplyGenerating(room.Id, 2)]);
        await device.Expect<Notice.Reload>();
        await device.Expect<Notice.ReplyGenerating>();
    }

    [Fact]
    public async Task A_change_that_only_the_rows_contain_makes_readers_reload()
    {
        await using var test = await cluster.NewRoom();
        var user = cluster.Grains.User(test.Key.UserId);
        var room = (await user.ListRooms()).Rooms.Single();
        var device = await NoticeReader.Start(user);
        var epoch = device.Cursor.Epoch;
        var next = device.Next();
        var untold = room with { Id = Guid.CreateVersion7() };
        await cluster.Store.Create(test.Key with { RoomId = untold.Id }, new RoomRow(untold, null, NextId: 1, "x"));
        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        await user.ListRooms();
        Assert.IsType<Notice.Reload>(await next);
        Assert.Equal(epoch, device.Cursor.Epoch);
    }

    [Fact]
    public async Task A_reader_that_comes_during_a_reply_gets_all_that_the_room_sends_afterwards()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        var device = await NoticeReader.Start(cluster.Grains.User(test.Key.UserId));
        call.Answer("yes");
        await device.Expect<Notice.ReplyGenerating>();
        await device.Expect<Notice.ReplyFinished>();
        await test.Post("two");
        await device.Expect<Notice.ReplyQueued>();
        await device.Expect<Notice.ReplyGenerating>();
    }

    [Fact]
    public async Task A_deletion_sends_one_notice_and_nothing_of_the_room_after_it()
    {
        await using var test = await cluster.NewRoom();
        var user = cluster.Grains.User(test.Key.UserId);
        var room = (await user.ListRooms()).Rooms.Single();
        var device = await NoticeReader.Start(user);
        await test.Room.Delete();
        Assert.Equal(new Notice.RoomDeleted(room.Id), await device.Next());
        await test.Room.Delete();
        await user.RoomChanged(room with { Version = 100 }, [new Notice.RoomRenamed(room)]);
        await user.SetTier(new TierGrant(Tier.Pro, ValidUntil: null, Version: 1));
        Assert.Equal(new Notice.TierChanged(Tier.Pro), await device.Next());
    }

    [Fact]
    public async Task A_room_of_the_previous_version_sends_no_notices_and_makes_readers_reload()
    {
        await using var test = await cluster.NewRoom();
        var user = cluster.Grains.User(test.Key.UserId);
        var room = (await user.ListRooms()).Rooms.Single();
        var device = await NoticeReader.Start(user);
        Assert.False(await user.HasFollowers());
        await user.RoomChanged(room with { Version = 100 }, default);
        await device.Expect<Notice.Reload>();
        await user.RoomDeleted(room.Id);
        await device.Expect<Notice.RoomDeleted>();
    }

    [Fact]
    public async Task A_tier_change_sends_a_notice_when_it_starts_and_when_it_expires()
    {
        await using var test = await cluster.NewRoom();
        var user = cluster.Grains.User(test.Key.UserId);
        var device = await NoticeReader.Start(user);
        await user.SetTier(new TierGrant(Tier.Pro, cluster.Time.GetUtcNow().AddSeconds(30), Version: 1));
        Assert.Equal(new Notice.TierChanged(Tier.Pro), await device.Next());
        cluster.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(new Notice.TierChanged(Tier.Basic), await device.Next());
    }

    [Fact]
    public async Task A_reader_that_was_away_for_a_minute_is_dropped_and_must_reload()
    {
        await using var test = await cluster.NewRoom();
        var user = cluster.Grains.User(test.Key.UserId);
        var room = (await user.ListRooms()).Rooms.Single();
        Assert.False(await user.RoomChanged(room, []));
        var device = await NoticeReader.Start(user);
        Assert.True(await user.RoomChanged(room, []));

        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(await user.RoomChanged(room, []));
        await device.Expect<Notice.Reload>();
    }

    [Fact]
    public async Task A_stopping_silo_releases_waiting_readers_at_once()
    {
        await using var own = await GrainTestCluster.Start();
        await using var test = await own.NewRoom();
        var user = own.Grains.User(test.Key.UserId);
        var start = (await user.FollowNotices(null, CancellationToken.None))!.Next;
        var waiting = user.FollowNotices(start, CancellationToken.None);
        own.BeginShutdown();
        var page = await waiting.WaitAsync(IUserGrain.LongPollTimeout / 2, TestContext.Current.CancellationToken);
        Assert.Equal(start, page!.Next);
        Assert.Empty(page.Notices);
    }

    [Fact]
    public async Task A_user_that_does_not_exist_has_no_notices()
    {
        var nobody = cluster.Grains.User(Guid.CreateVersion7());
        Assert.Null(await nobody.FollowNotices(null, CancellationToken.None));
        await cluster.WaitForDeactivation(nobody);
    }
}

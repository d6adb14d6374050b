using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;
using GeminiChat.Grains.Tests.Users;
using GeminiChat.Silo.Maintenance;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GeminiChat.Grains.Tests.Chatrooms;

/// <summary>Temporary rooms, and old ones, are deleted when nobody uses them.</summary>
public sealed class RoomExpiryTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_temporary_room_is_deleted_a_day_after_its_last_turn(bool isActive)
    {
        await using var test = await cluster.NewRoom(isTemporary: true);
        var other = await test.CreateAnotherRoom();
        cluster.Time.Advance(23 * Hour);
        await test.PostAndAnswer("question", "answer");
        cluster.Time.Advance(23 * Hour);
        await Pass();
        Assert.NotNull(await test.Room.Read(1, before: null));
        if (!isActive)
        {
            await test.Deactivate();
        }

        cluster.Time.Advance(Hour);
        var device = await NoticeReader.Start(cluster.Grains.User(test.Key.UserId));
        await Pass();

        Assert.Null(await test.Room.Read(1, before: null));
        Assert.Null(await test.Room.ReadMessage(1));
        Assert.IsType<PostOutcome.RoomAbsent>(await test.Room.Post(new NewMessage("late", "late")));
        Assert.IsType<CreateRoomOutcome.Deleted>(await test.Room.Create(new NewRoom("room", null, IsTemporary: true)));
        Assert.Equal("another", Assert.Single((await cluster.Grains.User(test.Key.UserId).ListRooms()).Rooms).Name);
        Assert.IsType<UpdateRoomOutcome.Updated>(await other.Update(new RoomPatch("kept", null)));
        await device.Expect<Notice.RoomRenamed>();
        await cluster.PurgeDeletedRooms();
        Assert.Empty(await cluster.FindColumnsWith("question"));
    }

    [Fact]
    public async Task With_a_retention_every_room_is_deleted_after_that_long_without_use()
    {
        await using var test = await cluster.NewRoom();
        var used = await test.CreateAnotherRoom();
        test.Model.Answer = _ => "yes";
        await test.Room.Update(new RoomPatch(null, null, IsPinned: true));
        cluster.Time.Advance(6 * 24 * Hour);
        await used.Post(new NewMessage("hi", "key"));
        await used.ReadToEnd(2);
        cluster.Time.Advance(24 * Hour);
        await Pass();
        Assert.NotNull(await test.Room.Read(1, before: null));

        var device = await NoticeReader.Start(cluster.Grains.User(test.Key.UserId));
        await Pass(retentionDays: 7);
        Assert.Null(await test.Room.Read(1, before: null));
        Assert.NotNull(await used.Read(1, before: null));
        Assert.Equal(new Notice.RoomDeleted(test.Key.RoomId), await device.Next());
    }

    [Fact]
    public async Task A_post_before_the_deletion_keeps_the_room()
    {
        await DeleteOtherRooms();
        await using var test = await cluster.NewRoom(isTemporary: true);
        cluster.Time.Advance(24 * Hour);
        cluster.RoomStoreFaults.NextDelete = async delete =>
        {
            await test.Post("in between");
            return await delete();
        };
        await Pass();
        (await test.Model.NextCall()).Answer("just in time");
        await test.Room.ReadToEnd(2);
        Assert.Equal("just in time", (await test.Room.ReadMessage(2))!.Content);
        await Pass();
        Assert.NotNull(await test.Room.Read(1, before: null));
    }

    [Fact]
    public async Task A_post_after_the_deletion_finds_no_room()
    {
        await DeleteOtherRooms();
        await using var test = await cluster.NewRoom(isTemporary: true);
        cluster.Time.Advance(24 * Hour);
        Task<PostOutcome>? post = null;
        cluster.RoomStoreFaults.NextDelete = async delete =>
        {
            var isDeleted = await delete();
            post = test.Room.Post(new NewMessage("late", "key"));
            return isDeleted;
        };
        await Pass();
        Assert.IsType<PostOutcome.RoomAbsent>(await post!);
        Assert.Empty(test.Model.Calls);
    }

    [Fact]
    public async Task The_users_own_deletion_succeeds_while_that_of_an_unused_room_fails()
    {
        await DeleteOtherRooms();
        await using var test = await cluster.NewRoom(isTemporary: true);
        cluster.Time.Advance(24 * Hour);
        Task<bool>? own = null;
        cluster.RoomStoreFaults.NextDelete = async delete =>
        {
            await test.Post("in between");
            own = test.Room.Delete();
            return await delete();
        };
        await Pass();
        Assert.True(await own!);
        Assert.Null(await test.Room.Read(1, before: null));
    }

    [Fact]
    public async Task Posts_at_the_same_time_as_the_deletion_are_answered_or_find_no_room()
    {
        const int Rooms = 40;
        var tests = new List<RoomDriver>();
        for (var i = 0; i < Rooms; i++)
        {
            tests.Add(await cluster.NewRoom(isTemporary: true));
        }

        tests[^1].Model.Answer = _ => "yes";
        cluster.Time.Advance(24 * Hour);
        var pass = Pass();
        var posts = tests.ConvertAll(test => test.RetryUntilSuccess(() => test.Room.Post(new NewMessage("in time?", "key"))));
        await pass;
        foreach (var (test, post) in tests.Zip(posts))
        {
            if (await post is PostOutcome.Accepted)
            {
                await test.Room.ReadToEnd(2);
                Assert.Equal("yes", (await test.Room.ReadMessage(2))!.Content);
                Assert.False(await test.Store.WasDeleted(test.Key));
            }
            else
            {
                Assert.IsType<PostOutcome.RoomAbsent>(await post);
                Assert.True(await test.Store.WasDeleted(test.Key));
                Assert.Null(await test.Room.Read(1, before: null));
            }

            await test.DisposeAsync();
        }
    }

    /// <summary>As each silo does twice a minute, and when it starts.</summary>
    // The deletion of a room of another test would be the next one.
    private async Task DeleteOtherRooms()
    {
        cluster.Time.Advance(24 * Hour);
        await Pass();
    }

    private async Task Pass(int retentionDays = 0)
    {
        using var expiry = new RoomExpiry(
            cluster.Grains,
            cluster.UnusedRooms,
            Options.Create(new RoomExpiryOptions { RetentionDays = retentionDays }),
            cluster.Time,
            NullLogger<RoomExpiry>.Instance);
        await expiry.DeleteTemporary(TestContext.Current.CancellationToken);
        await expiry.DeleteOld(TestContext.Current.CancellationToken);
    }
}

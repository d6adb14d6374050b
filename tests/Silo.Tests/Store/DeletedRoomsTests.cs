using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Silo.Maintenance;
using GeminiChat.Silo.Store;
using Microsoft.Extensions.DependencyInjection;

namespace GeminiChat.Silo.Tests.Store;

public sealed class DeletedRoomsOnSqliteTests(SqliteTestDatabase database)
    : DeletedRoomsTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class DeletedRoomsOnPostgresTests(PostgresTestDatabase database)
    : DeletedRoomsTests(database), IClassFixture<PostgresTestDatabase>
{
    [Fact]
    public async Task A_room_created_and_deleted_by_two_processes_at_once_stays_deleted()
    {
        await using var other = await StoreHost.Start(Database.Url, clustered: true);
        for (var i = 0; i < 30; i++)
        {
            var room = await Rooms.CreateRoomWithTurns(0);

            await Task.WhenAll(other.Rooms.Create(room, SampleData.Row(room)), Rooms.Delete(room, SampleData.Noon));

            Assert.Null(await Rooms.Load(room, tail: 1));
        }
    }

    // A store that shares its database.
    protected override bool IsClustered => true;
}

public abstract class DeletedRoomsTests(TestDatabase database) : StoreTestsBase(database)
{
    private static readonly DateTimeOffset Later = SampleData.Noon.AddMinutes(5);

    [Fact]
    public async Task Nothing_of_a_deleted_room_can_be_read()
    {
        var room = await Rooms.CreateRoomWithTurns(2);

        Assert.True(await Rooms.Delete(room, Later));

        await CheckGone(room);
        Assert.DoesNotContain(room, await Rooms.ListRoomsWithPendingTurns(Later, Guid.Empty, limit: 1000));
        Assert.Equal(2, await Database.Count("select used from usage where user_id = @user", new { user = room.UserId }));
    }

    [Fact]
    public async Task A_room_is_deleted_once_and_only_by_its_owner()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var theirs = SampleData.Key() with { RoomId = room.RoomId };

        Assert.False(await Rooms.Delete(theirs, Later));
        Assert.False(await Rooms.WasDeleted(theirs));
        Assert.False(await Rooms.WasDeleted(room));
        Assert.Equal(MessageStatus.Queued, (await Rooms.ReadMessage(room, 2))!.Status);

        Assert.True(await Rooms.Delete(room, Later));
        Assert.False(await Rooms.Delete(room, Later));
        Assert.True(await Rooms.WasDeleted(room));
        Assert.False(await Rooms.WasDeleted(theirs));
    }

    [Fact]
    public async Task Late_writes_to_a_deleted_room_have_no_effect()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        await Rooms.Delete(room, Later);
        var fence = new ReplyFence(room, 2, 1);
        var end = SampleData.Turn(1).Reply with { Content = "Late", Status = MessageStatus.Completed };

        Assert.False(await Rooms.Create(room, SampleData.Row(room)));
        Assert.False(await Rooms.Stores(SampleData.Accept(room, 3)));
        Assert.False(await Rooms.Checkpoint(fence, "Late", Later));
        Assert.False(await Rooms.StartAttempt(fence with { Attempt = 2 }, Later));
        Assert.False(await Rooms.Finish(fence, end, SampleData.Summary(room, version: 9), title: "Late"));
        Assert.False(await Rooms.ChangeSettings(room, SampleData.Row(room) with { Summary = SampleData.Summary(room, version: 9) }, expected: 1));

        await CheckGone(room);
        Assert.Equal(0, await Database.Count("select count(*) from messages where content = 'Late'"));
    }

    [Fact]
    public async Task Writes_concurrent_with_a_deletion_leave_nothing()
    {
        var room = await Rooms.CreateRoomWithTurns(1);

        await Task.WhenAll(
            Rooms.Stores(SampleData.Accept(room, 3)),
            Rooms.Delete(room, Later),
            Rooms.Checkpoint(new ReplyFence(room, 2, 1), "So far", Later),
            Rooms.Stores(SampleData.Accept(room, 5)));

        await CheckGone(room);
        Assert.DoesNotContain(room, await Rooms.ListRoomsWithPendingTurns(DateTimeOffset.MaxValue, Guid.Empty, limit: 1000));
    }

    [Fact]
    public async Task The_messages_of_a_deleted_room_are_purged_by_any_later_process()
    {
        var kept = await Rooms.CreateRoomWithTurns(1);
        var room = await Rooms.CreateRoomWithTurns(0);
        await Rooms.Stores(SampleData.Accept(room, 1, [.. Enumerable.Range(0, 600).Select(i => SampleData.Turn((2 * i) + 1))]));
        await Rooms.Delete(room, Later);
        Assert.Equal(1200, await Messages(room));

        await DisposeAsync();
        await using var next = await StoreHost.Start(
            Database.Url, IsClustered, configure: host => host.Services.AddHostedService<DeletedRoomPurge>());
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var deadline = Deadline.Start();
        while ((await next.Service<DeletedRooms>().Unpurged(limit: 1000)).Length > 0)
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }

        Assert.Equal(0, await Messages(room));
        Assert.Equal(2, await Messages(kept));
        Assert.True(await next.Rooms.WasDeleted(room));
    }

    [Fact]
    public async Task An_existing_room_is_never_purged()
    {
        var room = await Rooms.CreateRoomWithTurns(1);

        await Host.Service<DeletedRooms>().Purge(room, TestContext.Current.CancellationToken);

        Assert.Equal(2, await Messages(room));
    }

    private async Task CheckGone(RoomKey room)
    {
        Assert.Null(await Rooms.Load(room, tail: 10));
        Assert.Null(await Rooms.ReadMessage(room, 1));
        Assert.Empty(await Rooms.ReadMessages(room, before: 10, limit: 10));
        Assert.Null(await Rooms.FindTurn(room, "key-1"));
        Assert.Empty(await Users.LoadRooms(room.UserId));
    }

    private Task<long> Messages(RoomKey room) =>
        Database.Count("select count(*) from messages where room_id = @room", new { room = room.RoomId });
}

using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class DeletingTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    [Fact]
    public async Task A_deleted_room_is_absent_at_once_and_permanently()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("question", "answer");
        var listed = (await Rooms(test)).Single();

        Assert.True(await test.Room.Delete());

        Assert.Empty(await Rooms(test));
        await CheckAbsent(test);
        await cluster.WaitForDeactivation(test.Room);
        await CheckAbsent(test);
        Assert.True(await test.Room.Delete());

        await cluster.Grains.User(test.Key.UserId).RoomChanged(listed with { Version = 99 }, []);
        Assert.Empty(await Rooms(test));
        await cluster.Deactivate(cluster.Grains.User(test.Key.UserId));
        Assert.Empty(await Rooms(test));
    }

    [Fact]
    public async Task Deleting_a_room_cancels_the_running_model_call()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        await test.Post("two");
        var call = await test.Model.NextCall();
        call.SendText("half an ans");
        var cursor = await test.Room.ReadUntil(2, "half an ans");
        var following = test.Room.Follow(2, cursor, TestContext.Current.CancellationToken);
        var stopping = test.Room.Stop(4);

        Assert.True(await test.Room.Delete());

        await call.Closed.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        Assert.Null(await following);
        Assert.True(await stopping is null or { Status: MessageStatus.Stopped });
        Assert.Single(test.Model.Calls);
        await CheckAbsent(test);
    }

    [Fact]
    public async Task Posts_stops_and_readers_that_race_with_a_deletion_all_complete()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = _ => "yes";
        await test.Post("first");
        var deleted = new TaskCompletionSource();
        var posts = Enumerable.Range(0, 60).Select(async i =>
        {
            if (i == 20)
            {
                Assert.True(await test.Room.Delete());
                deleted.SetResult();
            }

            return await RetryUntilAnswered(() => test.Room.Post(new NewMessage($"{i}", $"raced {i}")));
        }).ToList();
        var stops = Enumerable.Range(0, 20).Select(_ => RetryUntilAnswered(() => test.Room.Stop(2))).ToList();
        var readers = Enumerable.Range(0, 20).Select(_ => ReadToAnyEnd(test.Room)).ToList();

        await deleted.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        var outcomes = await Task.WhenAll(posts).WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        await Task.WhenAll(stops).WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        await Task.WhenAll(readers).WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        Assert.All(outcomes, outcome => Assert.True(
            outcome is PostOutcome.Accepted or PostOutcome.RoomAbsent or PostOutcome.QueueFull, outcome.GetType().Name));
        await CheckAbsent(test);
        Assert.Empty(await Rooms(test));
        Assert.DoesNotContain(test.Key, await test.Store.ListRoomsWithPendingTurns(DateTimeOffset.MaxValue, Guid.Empty, limit: 1000));
    }

    [Fact]
    public async Task A_post_being_stored_during_the_deletion_leaves_no_pending_turn()
    {
        await using var test = await cluster.NewRoom();
        var storing = new TaskCompletionSource();
        var mayStore = new TaskCompletionSource();
        cluster.RoomStoreFaults.NextAccept = async store =>
        {
            storing.SetResult();
            await mayStore.Task;
            return await store();
        };
        var post = test.Room.Post(new NewMessage("late", "k"));
        await storing.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        Assert.True(await test.Room.Delete());
        mayStore.SetResult();
        Assert.IsType<PostOutcome.RoomAbsent>(await post);
        Assert.Empty(test.Model.Calls);
    }

    [Fact]
    public async Task Repeating_the_creation_does_not_restore_a_deleted_room()
    {
        await using var test = await cluster.NewRoom("again");
        await test.Room.Delete();
        Assert.IsType<CreateRoomOutcome.Deleted>(await test.Room.Create(new NewRoom("again", null)));
        await cluster.WaitForDeactivation(test.Room);
        Assert.IsType<CreateRoomOutcome.Deleted>(await test.Room.Create(new NewRoom("again", null)));
        Assert.Empty(await Rooms(test));
    }

    [Fact]
    public async Task Only_a_room_that_was_there_can_be_deleted()
    {
        await using var test = await cluster.NewRoom();
        var never = cluster.Grains.Chatroom(test.Key with { RoomId = Guid.CreateVersion7() });
        Assert.False(await never.Delete());
        await cluster.WaitForDeactivation(never);
        var theirs = cluster.Grains.Chatroom(test.Key with { UserId = Guid.CreateVersion7() });
        Assert.False(await theirs.Delete());
        Assert.NotNull(await test.Room.Read(1, before: null));
    }

    [Fact]
    public async Task Deleting_a_room_at_the_limit_allows_another_one()
    {
        await using var test = await cluster.NewRoom();
        var user = cluster.Grains.User(test.Key.UserId);
        for (var i = 1; i < IUserGrain.MaxRooms; i++)
        {
            Assert.Equal(RoomReservation.Reserved, await user.ReserveRoom(Guid.CreateVersion7()));
        }

        Assert.Equal(RoomReservation.TooManyRooms, await user.ReserveRoom(Guid.CreateVersion7()));
        await test.Room.Delete();
        Assert.Equal(RoomReservation.Reserved, await user.ReserveRoom(Guid.CreateVersion7()));
    }

    [Fact]
    public async Task A_deletion_repeated_after_a_lost_response_succeeds()
    {
        await using var test = await cluster.NewRoom();
        cluster.RoomStoreFaults.NextDelete = FaultInjectingRoomStore.StoredWithUnknownOutcome;
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => test.Room.Delete());
        Assert.True(await test.Room.Delete());
        Assert.Empty(await Rooms(test));
        await CheckAbsent(test);
    }

    [Fact]
    public async Task A_room_whose_deletion_failed_in_a_database_outage_keeps_working()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("question");
        var call = await test.Model.NextCall();
        cluster.RoomStoreFaults.NextDelete = FaultInjectingRoomStore.Unavailable;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.Room.Delete());
        call.Answer("answer");
        Assert.Equal("answer", (await test.Room.ReadToEnd(2)).Text);
        Assert.True(await test.Room.Delete());
    }

    [Fact]
    public async Task The_list_drops_a_room_deleted_without_a_notification_within_a_minute_and_keeps_new_rooms()
    {
        await using var test = await cluster.NewRoom("untold");
        Assert.Single(await Rooms(test));
        Assert.True(await test.Store.Delete(test.Key, cluster.Time.GetUtcNow()));
        var reading = new TaskCompletionSource();
        var mayAnswer = new TaskCompletionSource();
        cluster.UserStoreFaults.NextLoadRooms = async load =>
        {
            var rooms = await load();
            reading.SetResult();
            await mayAnswer.Task;
            return rooms;
        };
        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(await Rooms(test));
        await reading.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        await test.CreateAnotherRoom();
        mayAnswer.SetResult();
        await test.WaitUntil(async () => (await Rooms(test)).Select(room => room.Name).SequenceEqual(["another"]));
    }

    [Fact]
    public async Task A_list_read_that_began_before_the_deletion_does_not_restore_the_room()
    {
        await using var test = await cluster.NewRoom();
        var reading = new TaskCompletionSource();
        var mayAnswer = new TaskCompletionSource();
        cluster.UserStoreFaults.NextLoadRooms = async load =>
        {
            var rooms = await load();
            reading.SetResult();
            await mayAnswer.Task;
            return rooms;
        };
        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        await Rooms(test);
        await reading.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        await test.Room.Delete();
        mayAnswer.SetResult();

        // The next look begins only when this one has ended, and begins with a look at its outcome.
        var seen = 0;
        var next = new TaskCompletionSource();
        cluster.UserStoreFaults.NextLoadRooms = load =>
        {
            next.SetResult();
            return load();
        };
        await test.WaitUntil(async () =>
        {
            cluster.Time.Advance(TimeSpan.FromMinutes(1));
            seen += (await Rooms(test)).Count;
            return next.Task.IsCompleted;
        });
        Assert.Equal(0, seen);
    }

    private static async Task ReadToAnyEnd(IChatroomGrain room)
    {
        var cursor = new ReplyCursor(1, 0);
        while (await RetryUntilAnswered(() => room.Follow(2, cursor, TestContext.Current.CancellationToken)) is { FinishedReply: null } more)
        {
            cursor = more.Next;
        }
    }

    /// <summary>Orleans rejects calls that meet one activation after the other which is going; nothing came of them.</summary>
    private static async Task<T> RetryUntilAnswered<T>(Func<Task<T>> call)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var deadline = Deadline.Start();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (OrleansMessageRejectionException) when (!deadline.IsCancellationRequested)
            {
                await pause.WaitForNextTickAsync(deadline.Token);
            }
        }
    }

    private static async Task CheckAbsent(RoomDriver test)
    {
        Assert.Null(await test.Room.Read(100, before: null));
        Assert.Null(await test.Room.ReadMessage(1));
        Assert.Null(await test.Room.Stop(2));
        Assert.Null(await test.Room.Follow(2, default, TestContext.Current.CancellationToken));
        Assert.IsType<PostOutcome.RoomAbsent>(await test.Room.Post(new NewMessage("hello", "k")));
        Assert.IsType<UpdateRoomOutcome.RoomAbsent>(await test.Room.Update(new RoomPatch("name", null)));
        await test.Room.Wake();
    }

    private async Task<IReadOnlyList<RoomSummary>> Rooms(RoomDriver test) =>
        (await cluster.Grains.User(test.Key.UserId).ListRooms()).Rooms;
}

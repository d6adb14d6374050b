using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class DeletingTests(RoomCluster cluster) : IClassFixture<RoomCluster>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_deleted_room_is_absent_at_once_for_everything_and_for_good()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("question", "answer");
        var listed = (await Rooms(test)).Single();

        Assert.True(await test.Room.Delete());

        Assert.Empty(await Rooms(test));
        await CheckAbsent(test);
        await cluster.WaitUntilGone(test.Room);
        await CheckAbsent(test);
        Assert.True(await test.Room.Delete());

        await cluster.Grains.User(test.Key.UserId).RoomChanged(listed with { Version = 99 });
        Assert.Empty(await Rooms(test));
        await cluster.Forget(cluster.Grains.User(test.Key.UserId));
        Assert.Empty(await Rooms(test));
    }

    [Fact]
    public async Task The_model_is_left_in_the_middle_of_its_answer()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        await test.Post("two");
        var call = await test.Model.NextCall();
        call.Say("half an ans");
        var cursor = await test.Room.ReadUntil(2, "half an ans");
        var following = test.Room.Follow(2, cursor, TestContext.Current.CancellationToken);
        var stopping = test.Room.Stop(4);

        Assert.True(await test.Room.Delete());

        await call.Closed.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Null(await following);
        Assert.True(await stopping is null or { Status: MessageStatus.Stopped });
        Assert.Single(test.Model.All);
        await CheckAbsent(test);
    }

    [Fact]
    public async Task Posts_stops_and_readers_that_race_with_it_all_come_to_an_end()
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

            return await Insist(() => test.Room.Post(new NewMessage($"{i}", $"raced {i}")));
        }).ToList();
        var stops = Enumerable.Range(0, 20).Select(_ => Insist(() => test.Room.Stop(2))).ToList();
        var readers = Enumerable.Range(0, 20).Select(_ => ReadToAnyEnd(test.Room)).ToList();

        await deleted.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        var outcomes = await Task.WhenAll(posts).WaitAsync(Deadline, TestContext.Current.CancellationToken);
        await Task.WhenAll(stops).WaitAsync(Deadline, TestContext.Current.CancellationToken);
        await Task.WhenAll(readers).WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.All(outcomes, outcome => Assert.True(
            outcome is PostOutcome.Accepted or PostOutcome.RoomAbsent or PostOutcome.QueueFull, outcome.GetType().Name));
        await CheckAbsent(test);
        Assert.Empty(await Rooms(test));
        Assert.DoesNotContain(test.Key, await test.Store.RoomsWithOpenTurns(DateTimeOffset.MaxValue, Guid.Empty, limit: 1000));
    }

    [Fact]
    public async Task A_post_that_is_being_stored_is_not_owed_by_a_room_that_is_gone()
    {
        await using var test = await cluster.NewRoom();
        var storing = new TaskCompletionSource();
        var mayStore = new TaskCompletionSource();
        cluster.Spoilt.NextAccept = async store =>
        {
            storing.SetResult();
            await mayStore.Task;
            return await store();
        };
        var post = test.Room.Post(new NewMessage("late", "k"));
        await storing.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.True(await test.Room.Delete());
        mayStore.SetResult();
        Assert.IsType<PostOutcome.RoomAbsent>(await post);
        Assert.Empty(test.Model.All);
    }

    [Fact]
    public async Task A_repeat_of_its_creation_does_not_bring_it_back()
    {
        await using var test = await cluster.NewRoom("again");
        await test.Room.Delete();
        Assert.IsType<CreateRoomOutcome.Deleted>(await test.Room.Create(new NewRoom("again", null)));
        await cluster.WaitUntilGone(test.Room);
        Assert.IsType<CreateRoomOutcome.Deleted>(await test.Room.Create(new NewRoom("again", null)));
        Assert.Empty(await Rooms(test));
    }

    [Fact]
    public async Task Only_a_room_that_was_there_can_be_deleted()
    {
        await using var test = await cluster.NewRoom();
        var never = cluster.Grains.Chatroom(test.Key with { RoomId = Guid.CreateVersion7() });
        Assert.False(await never.Delete());
        await cluster.WaitUntilGone(never);
        var theirs = cluster.Grains.Chatroom(test.Key with { UserId = Guid.CreateVersion7() });
        Assert.False(await theirs.Delete());
        Assert.NotNull(await test.Room.Read(1, before: null));
    }

    [Fact]
    public async Task It_makes_place_for_another_room()
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
    public async Task An_answer_that_was_lost_is_given_to_the_repeat()
    {
        await using var test = await cluster.NewRoom();
        cluster.Spoilt.NextDelete = SpoiltStore.StoredButUnknown;
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => test.Room.Delete());
        Assert.True(await test.Room.Delete());
        Assert.Empty(await Rooms(test));
        await CheckAbsent(test);
    }

    [Fact]
    public async Task While_the_database_is_away_the_room_goes_on()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("question");
        var call = await test.Model.NextCall();
        cluster.Spoilt.NextDelete = SpoiltStore.Away;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.Room.Delete());
        call.Answer("answer");
        Assert.Equal("answer", (await test.Room.ReadToEnd(2)).Text);
        Assert.True(await test.Room.Delete());
    }

    [Fact]
    public async Task A_deletion_that_nobody_told_of_shows_within_a_minute_and_a_new_room_stays()
    {
        await using var test = await cluster.NewRoom("untold");
        Assert.Single(await Rooms(test));
        Assert.True(await test.Store.Delete(test.Key, cluster.Time.GetUtcNow()));
        var reading = new TaskCompletionSource();
        var mayAnswer = new TaskCompletionSource();
        cluster.Users.NextLoadRooms = async load =>
        {
            var rooms = await load();
            reading.SetResult();
            await mayAnswer.Task;
            return rooms;
        };
        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(await Rooms(test));
        await reading.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        await test.AnotherRoom();
        mayAnswer.SetResult();
        await test.Until(async () => (await Rooms(test)).Select(room => room.Name).SequenceEqual(["another"]));
    }

    [Fact]
    public async Task A_look_at_the_rows_from_before_the_deletion_does_not_bring_it_back()
    {
        await using var test = await cluster.NewRoom();
        var reading = new TaskCompletionSource();
        var mayAnswer = new TaskCompletionSource();
        cluster.Users.NextLoadRooms = async load =>
        {
            var rooms = await load();
            reading.SetResult();
            await mayAnswer.Task;
            return rooms;
        };
        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        await Rooms(test);
        await reading.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        await test.Room.Delete();
        mayAnswer.SetResult();

        // The next look begins only when this one has ended, and begins with a look at its outcome.
        var seen = 0;
        var next = new TaskCompletionSource();
        cluster.Users.NextLoadRooms = load =>
        {
            next.SetResult();
            return load();
        };
        await test.Until(async () =>
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
        while (await Insist(() => room.Follow(2, cursor, TestContext.Current.CancellationToken)) is { End: null } more)
        {
            cursor = more.Next;
        }
    }

    /// <summary>Orleans rejects calls that meet one activation after the other which is going; nothing came of them.</summary>
    private static async Task<T> Insist<T>(Func<Task<T>> call)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await call();
            }
            catch (OrleansMessageRejectionException) when (tries < 10)
            {
                // The room is gone all the same, and the next call may be told so.
            }
        }
    }

    private static async Task CheckAbsent(TestRoom test)
    {
        Assert.Null(await test.Room.Read(100, before: null));
        Assert.Null(await test.Room.ReadMessage(1));
        Assert.Null(await test.Room.Stop(2));
        Assert.Null(await test.Room.Follow(2, default, TestContext.Current.CancellationToken));
        Assert.IsType<PostOutcome.RoomAbsent>(await test.Room.Post(new NewMessage("hello", "k")));
        Assert.IsType<UpdateRoomOutcome.RoomAbsent>(await test.Room.Update(new RoomPatch("name", null)));
        await test.Room.Wake();
    }

    private async Task<IReadOnlyList<RoomSummary>> Rooms(TestRoom test) =>
        (await cluster.Grains.User(test.Key.UserId).ListRooms()).Rooms;
}

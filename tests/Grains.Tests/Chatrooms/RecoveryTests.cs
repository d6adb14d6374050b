using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;
using Orleans.Storage;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class RecoveryTests(RoomCluster cluster) : IClassFixture<RoomCluster>
{
    [Fact]
    public async Task A_reply_broken_off_by_the_end_of_its_activation_is_written_anew()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        await test.Post("two");
        var call = await test.Model.NextCall();
        call.Say("half an ans");
        var cursor = await test.Room.ReadUntil(2, "half an ans");

        await test.Forget();
        await call.Closed.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await test.Room.Wake();
        (await test.Model.NextCall()).Answer("whole");
        (await test.Model.NextCall()).Answer("second");

        var progress = await test.Room.Follow(2, cursor, TestContext.Current.CancellationToken);
        Assert.True(progress!.Reset);
        var (text, end) = await test.Room.ReadToEnd(2);
        Assert.Equal(("whole", 2, MessageStatus.Completed), (text, end.Attempt, end.Status));
        Assert.Equal(("second", 2), ((await test.Room.ReadToEnd(4)).Text, (await test.Room.ReadMessage(4))!.Attempt));
        Assert.Equal(3, test.Model.All.Count);
    }

    [Fact]
    public async Task A_reply_that_very_many_stopped_turns_lie_behind_is_taken_up_with_its_conversation()
    {
        await using var test = await cluster.NewRoom();
        await test.PostAndAnswer("zero", "naught");
        await test.Post("one");
        await test.Post("two");
        await test.Model.NextCall();
        for (var i = 0; i < 130; i++)
        {
            var turn = await test.Post($"on second thoughts {i}");
            await test.Room.Stop(turn.Reply.Id);
        }

        await test.Forget();
        await test.Room.Wake();
        var call = await test.Model.NextCall();
        Assert.Equal(["user zero", "assistant naught", "user one"], call.Told);
        call.Answer("first");
        var next = await test.Model.NextCall();
        Assert.Equal(["user zero", "assistant naught", "user one", "assistant first", "user two"], next.Told);
        next.Answer("second");
        Assert.Equal(("first", 2), ((await test.Room.ReadToEnd(4)).Text, (await test.Room.ReadMessage(4))!.Attempt));
        Assert.Equal("second", (await test.Room.ReadToEnd(6)).Text);
    }

    [Fact]
    public async Task Five_attempts_are_all_that_a_reply_gets()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            await test.Model.NextCall();
            await test.Forget();
            await test.Room.Wake();
        }

        var (_, end) = await test.Room.ReadToEnd(2);
        Assert.Equal((MessageStatus.Failed, EndReasons.Interrupted), (end.Status, end.Reason));
        Assert.Equal(5, test.Model.All.Count);
    }

    [Fact]
    public async Task Waking_a_room_at_work_does_nothing()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => test.Room.Wake()));
        call.Answer("hi");
        Assert.Equal(1, (await test.Room.ReadToEnd(2)).End.Attempt);
        Assert.Single(test.Model.All);
    }

    [Fact]
    public async Task The_loser_of_a_room_drops_its_text_and_leaves()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        call.Say("the loser's");
        await test.Room.ReadUntil(2, "the loser's");

        // Another activation takes the reply over; this one notices when it stores its end.
        Assert.True(await test.Store.StartAttempt(new ReplyFence(test.Key, 2, 2), DateTimeOffset.UnixEpoch));
        call.Finish();
        await cluster.WaitUntilGone(test.Room);
        await test.Room.Wake();
        (await test.Model.NextCall()).Answer("the winner's");
        var (text, end) = await test.Room.ReadToEnd(2);
        Assert.Equal(("the winner's", 3), (text, end.Attempt));
        Assert.Equal(2, test.Model.All.Count);
    }

    [Fact]
    public async Task A_post_to_a_room_that_another_activation_wrote_is_refused_and_can_be_repeated()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = call => $"re {call.Question}";
        await test.PostAndAnswered("one");
        await test.WriteBehindItsBack("two");

        await Assert.ThrowsAsync<InconsistentStateException>(() => test.Room.Post(new NewMessage("three", "k3")));
        var repeat = await test.Eventually(() => test.Post("three", "k3"));
        Assert.Equal(5, repeat.Message.Id);
        Assert.Equal("re three", (await test.Room.ReadToEnd(6)).Text);
        Assert.Equal("re two", (await test.Room.ReadToEnd(4)).Text);
    }

    [Fact]
    public async Task The_only_silo_accepts_nothing_when_it_leaves_and_its_turns_wait_for_the_next_start()
    {
        await using var own = await RoomCluster.StartAlone();
        await using var test = await own.NewRoom();
        await test.Post("one", "k1");
        await test.Post("two", "k2");
        var call = await test.Model.NextCall();
        call.Say("half");
        await test.Room.ReadUntil(2, "half");

        own.BeginLeaving();
        Assert.IsType<PostOutcome.Leaving>(await test.Room.Post(new NewMessage("three", "k3")));
        Assert.Equal(3, (await test.Post("two", "k2")).Message.Id);
        call.Answer(" and half");
        Assert.Equal("half and half", (await test.Room.ReadToEnd(2)).Text);
        Assert.True(await own.WaitForTurns());
        Assert.Equal(MessageStatus.Queued, (await test.Store.ReadMessage(test.Key, 4))!.Status);
        Assert.Single(test.Model.All);
    }

    [Fact]
    public async Task A_room_at_rest_goes_to_another_silo_with_the_first_message_that_a_leaving_one_accepts()
    {
        await using var own = await RoomCluster.Start();
        await using var test = await own.NewRoom();
        test.Model.Answer = call => $"re {call.Question}";
        await test.PostAndAnswered("one");
        await own.BeginLeaving(test.Room);

        var turn = await test.Post("two", "k2");

        // A leaving silo starts no turn: who answers is another one.
        Assert.Equal("re two", (await test.Room.ReadToEnd(turn.Reply.Id)).Text);
    }

    [Fact]
    public async Task A_room_at_work_finishes_its_turn_on_the_leaving_silo_and_takes_the_next_one_elsewhere()
    {
        await using var own = await RoomCluster.Start();
        await using var test = await own.NewRoom();
        await test.Post("one", "k1");
        var call = await test.Model.NextCall();
        call.Say("half");
        await test.Room.ReadUntil(2, "half");
        await own.BeginLeaving(test.Room);

        var next = await test.Post("two", "k2");
        Assert.Equal(1, next.Position);
        var waiting = test.Room.ReadToEnd(next.Reply.Id);
        call.Answer(" and half");
        Assert.Equal("half and half", (await test.Room.ReadToEnd(2)).Text);
        (await test.Model.NextCall()).Answer("re two");
        Assert.Equal("re two", (await waiting).Text);
        Assert.Equal(1, (await test.Room.ReadMessage(2))!.Attempt);
    }

    [Fact]
    public async Task A_woken_room_does_not_stay_on_a_leaving_silo()
    {
        await using var own = await RoomCluster.Start();
        await using var test = await own.NewRoom();
        await own.BeginLeaving(test.Room);
        await test.WriteBehindItsBack("one");
        await own.Forget(test.Room);

        test.Model.Answer = _ => "re one";
        await test.Until(async () =>
        {
            await test.Room.Wake();
            return test.Model.All.Count > 0;
        });
        Assert.Equal("re one", (await test.Room.ReadToEnd(2)).Text);
    }

    [Fact]
    public async Task A_killed_silos_rooms_go_on_at_another()
    {
        await using var own = await RoomCluster.Start();
        await using var test = await own.NewRoom();
        var rooms = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => test.AnotherRoom()));
        await Task.WhenAll(rooms.Select(room => room.Post(new NewMessage("hello", "k"))));
        foreach (var _ in rooms)
        {
            (await test.Model.NextCall()).Say("half");
        }

        await own.KillSiloOf(rooms[0]);
        test.Model.Answer = _ => "whole";
        await Task.WhenAll(rooms.Select(room => test.Eventually(async () =>
        {
            await room.Wake();
            return true;
        })));
        foreach (var call in test.Model.All.Where(call => !call.Closed.IsCompleted).ToList())
        {
            call.Finish();
        }

        var ends = await Task.WhenAll(rooms.Select(room => test.Eventually(() => room.ReadToEnd(2))));
        Assert.All(ends, end => Assert.Equal(MessageStatus.Completed, end.End.Status));
        Assert.All(ends, end => Assert.Equal(end.End.Attempt == 1 ? "half" : "whole", end.Text));
        Assert.Contains(ends, end => end.End.Attempt > 1);
    }

    [Fact]
    public Task A_killed_silos_replies_are_written_anew_though_nobody_asks() =>
        RepliesAreWrittenAnew((cluster, room) => cluster.KillSiloOf(room));

    [Fact]
    public Task Replies_that_a_silo_broke_off_when_it_left_are_written_anew_though_nobody_asks() =>
        RepliesAreWrittenAnew((cluster, room) => cluster.StopSiloOf(room));

    private static async Task RepliesAreWrittenAnew(Func<RoomCluster, IChatroomGrain, Task> end)
    {
        await using var own = await RoomCluster.StartTakingUpLosses();
        await using var test = await own.NewRoom();
        var rooms = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => test.AnotherRoom()));
        await Task.WhenAll(rooms.Select(room => room.Post(new NewMessage("hello", "k"))));
        var calls = await Task.WhenAll(rooms.Select(_ => test.Model.NextCall()));

        await end(own, rooms[0]);
        test.Model.Answer = _ => "anew";
        foreach (var call in calls)
        {
            call.Answer("first");
        }

        await test.Until(async () => (await test.Store.RoomsWithOpenTurns(DateTimeOffset.MaxValue, Guid.Empty, limit: 100)).IsEmpty);
        Assert.NotEqual(rooms.Length, test.Model.All.Count);
    }
}

using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;
using Orleans.Storage;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class TurnRecoveryTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    [Fact]
    public async Task A_reply_interrupted_by_deactivation_is_generated_again()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        await test.Post("two");
        var call = await test.Model.NextCall();
        call.SendText("half an ans");
        var cursor = await test.Room.ReadUntil(2, "half an ans");

        await test.Deactivate();
        await call.Closed.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        await test.Room.Wake();
        (await test.Model.NextCall()).Answer("whole");
        (await test.Model.NextCall()).Answer("second");

        var progress = await test.Room.Follow(2, cursor, TestContext.Current.CancellationToken);
        Assert.True(progress!.IsReset);
        var (text, end) = await test.Room.ReadToEnd(2);
        Assert.Equal(("whole", 2, MessageStatus.Completed), (text, end.Attempt, end.Status));
        Assert.Equal(("second", 2), ((await test.Room.ReadToEnd(4)).Text, (await test.Room.ReadMessage(4))!.Attempt));
        Assert.Equal(3, test.Model.Calls.Count);
    }

    [Fact]
    public async Task An_old_pending_reply_is_resumed_with_its_context_despite_many_later_stopped_turns()
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

        await test.Deactivate();
        await test.Room.Wake();
        var call = await test.Model.NextCall();
        Assert.Equal(["user zero", "assistant naught", "user one"], call.Context);
        call.Answer("first");
        var next = await test.Model.NextCall();
        Assert.Equal(["user zero", "assistant naught", "user one", "assistant first", "user two"], next.Context);
        next.Answer("second");
        Assert.Equal(("first", 2), ((await test.Room.ReadToEnd(4)).Text, (await test.Room.ReadMessage(4))!.Attempt));
        Assert.Equal("second", (await test.Room.ReadToEnd(6)).Text);
    }

    [Fact]
    public async Task A_reply_fails_after_five_attempts()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            await test.Model.NextCall();
            await test.Deactivate();
            await test.Room.Wake();
        }

        var (_, end) = await test.Room.ReadToEnd(2);
        Assert.Equal((MessageStatus.Failed, EndReasons.Interrupted), (end.Status, end.Reason));
        Assert.Equal(5, test.Model.Calls.Count);
    }

    [Fact]
    public async Task Waking_a_busy_room_has_no_effect()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => test.Room.Wake()));
        call.Answer("hi");
        Assert.Equal(1, (await test.Room.ReadToEnd(2)).End.Attempt);
        Assert.Single(test.Model.Calls);
    }

    [Fact]
    public async Task A_superseded_activation_drops_its_text_and_deactivates()
    {
        await using var test = await cluster.NewRoom();
        await test.Post("one");
        var call = await test.Model.NextCall();
        call.SendText("the loser's");
        await test.Room.ReadUntil(2, "the loser's");

        // Another activation takes the reply over; this one notices when it stores its end.
        Assert.True(await test.Store.StartAttempt(new ReplyFence(test.Key, 2, 2), DateTimeOffset.UnixEpoch));
        call.Finish();
        await cluster.WaitForDeactivation(test.Room);
        await test.Room.Wake();
        (await test.Model.NextCall()).Answer("the winner's");
        var (text, end) = await test.Room.ReadToEnd(2);
        Assert.Equal(("the winner's", 3), (text, end.Attempt));
        Assert.Equal(2, test.Model.Calls.Count);
    }

    [Fact]
    public async Task A_post_to_a_superseded_activation_fails_and_can_be_repeated()
    {
        await using var test = await cluster.NewRoom();
        test.Model.Answer = call => $"re {call.Question}";
        await test.PostAndWaitForReply("one");
        await test.AcceptFromAnotherActivation("two");

        await Assert.ThrowsAsync<InconsistentStateException>(() => test.Room.Post(new NewMessage("three", "k3")));
        var repeat = await test.RetryUntilSuccess(() => test.Post("three", "k3"));
        Assert.Equal(5, repeat.Message.Id);
        Assert.Equal("re three", (await test.Room.ReadToEnd(6)).Text);
        Assert.Equal("re two", (await test.Room.ReadToEnd(4)).Text);
    }

    [Fact]
    public async Task A_stopping_single_silo_accepts_nothing_and_its_turns_resume_after_the_restart()
    {
        await using var own = await GrainTestCluster.StartWithOneSilo();
        await using var test = await own.NewRoom();
        await test.Post("one", "k1");
        await test.Post("two", "k2");
        var call = await test.Model.NextCall();
        call.SendText("half");
        await test.Room.ReadUntil(2, "half");

        own.BeginShutdown();
        Assert.IsType<PostOutcome.SiloStopping>(await test.Room.Post(new NewMessage("three", "k3")));
        Assert.Equal(3, (await test.Post("two", "k2")).Message.Id);
        call.Answer(" and half");
        Assert.Equal("half and half", (await test.Room.ReadToEnd(2)).Text);
        Assert.True(await own.WaitForTurns());
        Assert.Equal(MessageStatus.Queued, (await test.Store.ReadMessage(test.Key, 4))!.Status);
        Assert.Single(test.Model.Calls);
    }

    [Fact]
    public async Task An_idle_room_on_a_stopping_silo_moves_to_another_silo_with_its_next_message()
    {
        await using var own = await GrainTestCluster.Start();
        await using var test = await own.NewRoom();
        test.Model.Answer = call => $"re {call.Question}";
        await test.PostAndWaitForReply("one");
        await own.BeginShutdown(test.Room);

        var turn = await test.Post("two", "k2");

        // A leaving silo starts no turn: who answers is another one.
        Assert.Equal("re two", (await test.Room.ReadToEnd(turn.Reply.Id)).Text);
    }

    [Fact]
    public async Task A_busy_room_finishes_its_turn_on_the_stopping_silo_and_runs_the_next_one_elsewhere()
    {
        await using var own = await GrainTestCluster.Start();
        await using var test = await own.NewRoom();
        await test.Post("one", "k1");
        var call = await test.Model.NextCall();
        call.SendText("half");
        await test.Room.ReadUntil(2, "half");
        await own.BeginShutdown(test.Room);

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
    public async Task A_woken_room_does_not_stay_on_a_stopping_silo()
    {
        await using var own = await GrainTestCluster.Start();
        await using var test = await own.NewRoom();
        await own.BeginShutdown(test.Room);
        await test.AcceptFromAnotherActivation("one");
        await own.Deactivate(test.Room);

        test.Model.Answer = _ => "re one";
        await test.WaitUntil(async () =>
        {
            await test.Room.Wake();
            return test.Model.Calls.Count > 0;
        });
        Assert.Equal("re one", (await test.Room.ReadToEnd(2)).Text);
    }

    [Fact]
    public async Task Rooms_of_a_killed_silo_continue_on_another_silo()
    {
        await using var own = await GrainTestCluster.Start();
        await using var test = await own.NewRoom();
        var rooms = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => test.CreateAnotherRoom()));
        await Task.WhenAll(rooms.Select(room => room.Post(new NewMessage("hello", "k"))));
        foreach (var _ in rooms)
        {
            (await test.Model.NextCall()).SendText("half");
        }

        await own.KillSiloOf(rooms[0]);
        test.Model.Answer = _ => "whole";
        await Task.WhenAll(rooms.Select(room => test.RetryUntilSuccess(async () =>
        {
            await room.Wake();
            return true;
        })));
        foreach (var call in test.Model.Calls.Where(call => !call.Closed.IsCompleted).ToList())
        {
            call.Finish();
        }

        var ends = await Task.WhenAll(rooms.Select(room => test.RetryUntilSuccess(() => room.ReadToEnd(2))));

        // In this process, a silo that is killed may still end a reply whose call breaks with it.
        Assert.All(ends, end => Assert.True(
            end is ("whole", { Attempt: > 1, Status: MessageStatus.Completed })
                or ("half", { Attempt: 1, Status: MessageStatus.Completed or MessageStatus.Incomplete }),
            $"{end}"));
        Assert.Contains(ends, end => end.End.Attempt > 1);
    }

    [Fact]
    public Task Replies_of_a_killed_silo_are_generated_again_without_a_client() =>
        AssertRepliesRestart((cluster, room) => cluster.KillSiloOf(room));

    [Fact]
    public Task Replies_interrupted_by_a_silo_shutdown_are_generated_again_without_a_client() =>
        AssertRepliesRestart((cluster, room) => cluster.StopSiloOf(room));

    private static async Task AssertRepliesRestart(Func<GrainTestCluster, IChatroomGrain, Task> end)
    {
        await using var own = await GrainTestCluster.StartWithSiloLossRecovery();
        await using var test = await own.NewRoom();
        var rooms = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => test.CreateAnotherRoom()));
        await Task.WhenAll(rooms.Select(room => room.Post(new NewMessage("hello", "k"))));
        var calls = await Task.WhenAll(rooms.Select(_ => test.Model.NextCall()));

        await end(own, rooms[0]);
        test.Model.Answer = _ => "anew";
        foreach (var call in calls)
        {
            call.Answer("first");
        }

        await test.WaitUntil(async () => (await test.Store.ListRoomsWithPendingTurns(DateTimeOffset.MaxValue, Guid.Empty, limit: 100)).IsEmpty);
        Assert.NotEqual(rooms.Length, test.Model.Calls.Count);
    }
}

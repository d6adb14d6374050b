using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Model;
using GeminiChat.Grains.Tests.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;
using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Tests.Users;

/// <summary>Five replies a day for Basic, 137 for Pro.</summary>
public sealed class DailyLimitTests(DailyLimitTests.DailyLimitClusterFixture limited) : IClassFixture<DailyLimitTests.DailyLimitClusterFixture>
{
    private const int Limit = 5;
    private const int ProLimit = 137;
    private static readonly TierGrant Pro = new(Tier.Pro, ValidUntil: null, Version: 1);

    public static TheoryData<string> Unknowns => new("stored", "not stored");

    private GrainTestCluster Cluster => limited.Cluster;

    private DateOnly Today => DateOnly.FromDateTime(Cluster.Time.GetUtcNow().UtcDateTime);

    [Theory]
    [InlineData(Tier.Basic, Limit)]
    [InlineData(Tier.Pro, ProLimit)]
    public async Task Of_a_thousand_parallel_messages_exactly_the_daily_limit_is_accepted(Tier tier, int limit)
    {
        await using var test = await Cluster.NewRoom();
        await UserOf(test).SetTier(Pro with { Tier = tier });
        test.Model.Answer = _ => "hi";
        var rooms = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => test.CreateAnotherRoom()));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 1000).Select(
            i => rooms[i % rooms.Length].Post(new NewMessage("hello", $"k{i}"))));

        Assert.Equal(limit, outcomes.OfType<PostOutcome.Accepted>().Count());
        var refused = outcomes.OfType<PostOutcome.QuotaExceeded>().ToList();
        Assert.Equal(1000 - limit, refused.Count);
        Assert.All(refused, refusal => Assert.Equal((tier, limit), (refusal.Usage.Tier, refusal.Usage.Limit)));
        Assert.Equal(limit, await StoredUsage(test));
        Assert.Equal(limit, await ReportedUsage(test));
    }

    [Fact]
    public async Task A_repeat_of_an_accepted_message_is_never_refused_and_not_counted()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        for (var i = 1; i < Limit; i++)
        {
            await test.Post("hello", $"k{i}");
        }

        var both = await Task.WhenAll(test.Post("last", "last"), test.Post("last", "last"));
        Assert.Equal(both[0].Message.Id, both[1].Message.Id);
        Assert.IsType<PostOutcome.QuotaExceeded>(await test.Room.Post(new NewMessage("more", "more")));
        Assert.Equal(1, (await test.Post("hello", "k1")).Message.Id);

        await test.Deactivate();
        await Cluster.Deactivate(UserOf(test));
        Assert.Equal(1, (await test.Post("hello", "k1")).Message.Id);
        Assert.Equal(Limit, await StoredUsage(test));
        Assert.Equal(Limit, await ReportedUsage(test));
    }

    [Fact]
    public async Task A_repeat_does_not_use_up_the_daily_limit()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        for (var i = 1; i < Limit; i++)
        {
            await test.Post("hello", $"k{i}");
        }

        // The first is being committed while the other three come, which then share a batch.
        var held = new TaskCompletionSource();
        Cluster.RoomStoreFaults.NextAccept = async write =>
        {
            await held.Task;
            return await write();
        };
        var repeat = test.Room.Post(new NewMessage("hello", "k1"));
        Task<PostOutcome>[] batch =
        [
            test.Room.Post(new NewMessage("hello", "k2")),
            test.Room.Post(new NewMessage("new", "new")),
            test.Room.Post(new NewMessage("too many", "too many")),
        ];
        held.SetResult();
        Assert.IsType<PostOutcome.Accepted>(await repeat);
        var outcomes = await Task.WhenAll(batch);
        Assert.Equal(2, outcomes.OfType<PostOutcome.Accepted>().Count());
        Assert.Equal(3, Assert.IsType<PostOutcome.Accepted>(outcomes[0]).Message.Id);
        Assert.Single(outcomes.OfType<PostOutcome.QuotaExceeded>());
    }

    [Fact]
    public async Task A_new_day_starts_at_zero()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await UseUpDailyLimit(test);
        var usage = Assert.IsType<PostOutcome.QuotaExceeded>(await test.Room.Post(new NewMessage("more", "more"))).Usage;
        Assert.Equal(new DateTimeOffset(Today.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero), usage.ResetsAt);

        Cluster.Time.Advance(usage.ResetsAt - Cluster.Time.GetUtcNow());
        Assert.Equal(0, await ReportedUsage(test));
        await test.Post("more", "more");
        Assert.Equal(1, await StoredUsage(test));
    }

    [Fact]
    public async Task A_higher_tier_applies_at_once_and_uses_its_model()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await UseUpDailyLimit(test);
        Assert.All(test.Model.Calls, call => Assert.Null(call.Options?.ModelId));
        Assert.IsType<PostOutcome.QuotaExceeded>(await test.Room.Post(new NewMessage("more", "more")));

        await UserOf(test).SetTier(Pro);
        await test.PostAndWaitForReply("more");
        Assert.Equal("the-pro-model", test.Model.Calls.Last().Options?.ModelId);
    }

    [Fact]
    public async Task A_turn_resumed_by_another_activation_uses_the_model_of_the_users_tier()
    {
        await using var test = await Cluster.NewRoom();
        await UserOf(test).SetTier(Pro);
        await test.Post("hello");
        await test.Model.NextCall();
        await test.Deactivate();
        await test.Room.Wake();
        Assert.Equal("the-pro-model", (await test.Model.NextCall()).Options?.ModelId);
    }

    [Fact]
    public async Task A_failed_reply_is_refunded_to_the_day_that_counted_it()
    {
        await using var test = await Cluster.NewRoom();
        var day = Today;
        await test.Post("one");
        var call = await test.Model.NextCall();
        Cluster.Time.Advance(TimeSpan.FromDays(1));
        await (await test.CreateAnotherRoom()).Post(new NewMessage("next day", "k"));
        call.Fail(ModelFault.Config);
        Assert.Equal(MessageStatus.Failed, (await test.Room.ReadToEnd(2)).End.Status);
        Assert.Equal((0, 1), (await StoredUsage(test, day), await StoredUsage(test)));
    }

    [Fact]
    public async Task A_refund_can_be_used_at_once()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await UseUpDailyLimit(test, but: 1);
        test.Model.Answer = null;
        await test.Post("fails");
        var call = await NextOpenCall(test);
        call.Fail(ModelFault.Config);
        await test.WaitUntil(async () => await ReportedUsage(test) == Limit - 1);
        test.Model.Answer = _ => "hi";
        await test.Post("works");
        Assert.Equal(Limit, await StoredUsage(test));
    }

    [Fact]
    public async Task A_stop_before_the_model_call_is_refunded()
    {
        await using var test = await Cluster.NewRoom();
        await test.Post("one");
        await test.Post("two");
        await test.Model.NextCall();
        await test.Room.Stop(4);
        await test.Room.Stop(4);
        Assert.Equal(1, await StoredUsage(test));
        await test.Room.Stop(2);
        Assert.Equal(1, await StoredUsage(test));
    }

    [Fact]
    public async Task Refused_prompts_are_not_refunded()
    {
        await using var test = await Cluster.NewRoom();
        for (var i = 0; i < Limit; i++)
        {
            var turn = await test.Post("refused");
            (await test.Model.NextCall()).Finish(ChatFinishReason.ContentFilter);
            var (_, end) = await test.Room.ReadToEnd(turn.Reply.Id);
            Assert.Equal((MessageStatus.Failed, EndReasons.Safety), (end.Status, end.Reason));
        }

        Assert.IsType<PostOutcome.QuotaExceeded>(await test.Room.Post(new NewMessage("more", "more")));
        Assert.Equal((Limit, Limit), (await StoredUsage(test), test.Model.Calls.Count));
    }

    [Fact]
    public async Task Stops_before_the_model_call_are_refunded_up_to_the_daily_limit()
    {
        await using var test = await Cluster.NewRoom();
        await test.Post("runs");
        await test.Model.NextCall();
        var accepted = 1;
        while (await test.Room.Post(new NewMessage("stopped", $"k{accepted}")) is PostOutcome.Accepted turn)
        {
            await test.Room.Stop(turn.Reply.Id);
            Assert.InRange(++accepted, 2, 2 * Limit);
        }

        Assert.Equal((2 * Limit, Limit), (accepted, await StoredUsage(test)));
        Assert.Single(test.Model.Calls);
    }

    [Fact]
    public async Task No_more_than_five_times_the_daily_limit_is_accepted_even_with_refunds()
    {
        await using var test = await Cluster.NewRoom();
        for (var i = 0; i < DailyUsage.AcceptedLimitMultiplier * Limit; i++)
        {
            var turn = await test.Post("fails", $"k{i}");
            (await test.Model.NextCall()).Fail(ModelFault.Config);
            await test.Room.ReadToEnd(turn.Reply.Id);
        }

        await CheckRefused();
        Assert.Equal(1, (await test.Post("fails", "k0")).Message.Id);
        await Cluster.Deactivate(UserOf(test));
        await CheckRefused();
        await UserOf(test).SetTier(Pro);
        Assert.Equal(ProLimit, (await UserOf(test).GetUsage())!.Remaining());
        await test.Post("more", "more");

        async Task CheckRefused()
        {
            var refusal = Assert.IsType<PostOutcome.QuotaExceeded>(await test.Room.Post(new NewMessage("more", "more")));
            Assert.Equal((0, 25, 0), (refusal.Usage.Used, refusal.Usage.Accepted, refusal.Usage.Remaining()));
        }
    }

    [Fact]
    public async Task A_stop_after_a_model_call_of_an_earlier_activation_is_not_refunded()
    {
        await using var test = await Cluster.NewRoom();
        await test.Post("one");
        (await test.Model.NextCall()).SendText("half");
        await test.Room.ReadUntil(2, "half");
        await test.Deactivate();
        await test.Room.Stop(2);
        Assert.Equal(1, await StoredUsage(test));
    }

    [Theory]
    [MemberData(nameof(Unknowns))]
    public async Task After_an_unknown_outcome_the_usage_is_read_from_the_database(string kind)
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        Cluster.RoomStoreFaults.NextAccept = kind == "stored" ? FaultInjectingRoomStore.StoredWithUnknownOutcome : FaultInjectingRoomStore.NotStoredWithUnknownOutcome;
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => test.Room.Post(new NewMessage("one", "k")));
        Assert.Equal(kind == "stored" ? 1 : 0, await ReportedUsage(test));

        await test.Post("one", "k");
        Assert.Equal((1, 1), (await StoredUsage(test), await ReportedUsage(test)));
        await UseUpDailyLimit(test, but: 1);
        Assert.IsType<PostOutcome.QuotaExceeded>(await test.Room.Post(new NewMessage("more", "more")));
        Assert.Equal(Limit, await StoredUsage(test));
    }

    [Fact]
    public async Task An_unknown_commit_that_is_now_over_the_daily_limit_does_not_block_the_room()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await UseUpDailyLimit(test, but: 1);
        Cluster.RoomStoreFaults.NextAccept = FaultInjectingRoomStore.NotStoredWithUnknownOutcome;
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => test.Room.Post(new NewMessage("one", "k")));
        var other = await test.CreateAnotherRoom();
        Assert.IsType<PostOutcome.Accepted>(await other.Post(new NewMessage("the last one", "k")));

        Assert.IsType<PostOutcome.QuotaExceeded>(await test.Room.Post(new NewMessage("one", "k")));
        Cluster.Time.Advance(TimeSpan.FromDays(1));
        await test.Post("one", "k");
    }

    [Fact]
    public async Task Of_a_batch_of_unknown_outcome_exactly_the_turns_that_fit_the_limit_are_accepted()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await UseUpDailyLimit(test, but: 2);
        var (reached, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        Cluster.RoomStoreFaults.NextAccept = async write =>
        {
            reached.SetResult();
            await goOn.Task;
            Cluster.RoomStoreFaults.NextAccept = FaultInjectingRoomStore.StoredWithUnknownOutcome;
            return await write();
        };
        var first = test.Room.Post(new NewMessage("first", "first"));
        await reached.Task;

        // They come while the first is being committed, so they wait for the next commit, which one of them fits.
        NewMessage[] messages = [new("one", "one"), new("two", "two")];
        var posts = Task.WhenAll(messages.Select(test.Room.Post));
        await test.Room.Read(1, before: null);
        goOn.SetResult();
        Assert.IsType<PostOutcome.Accepted>(await first);
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => posts);

        var outcomes = await Task.WhenAll(messages.Select(test.Room.Post));
        Assert.Single(outcomes.OfType<PostOutcome.Accepted>());
        Assert.Single(outcomes.OfType<PostOutcome.QuotaExceeded>());
        Assert.Equal((Limit, Limit), (await StoredUsage(test), await ReportedUsage(test)));
    }

    [Fact]
    public async Task Replies_accepted_by_another_activation_count()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        var other = await test.CreateAnotherRoom();
        Assert.Equal(0, await ReportedUsage(test));
        for (var i = 0; i < Limit; i++)
        {
            await test.AcceptFromAnotherActivation($"untold {i}");
        }

        Assert.IsType<PostOutcome.QuotaExceeded>(await other.Post(new NewMessage("more", "more")));
        Assert.Equal(Limit, await StoredUsage(test));
        Assert.Equal(Limit, await ReportedUsage(test));
    }

    [Fact]
    public async Task A_refusal_is_based_on_the_database_and_not_on_memory()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        var other = await test.CreateAnotherRoom();
        await test.AcceptFromAnotherActivation("untold");
        await Cluster.Deactivate(UserOf(test));
        Assert.Equal(1, await ReportedUsage(test));
        var end = (await test.Store.ReadMessage(test.Key, 2))! with { Status = MessageStatus.Failed };
        var summary = (await test.Store.Load(test.Key, tail: 1))!.Row.Summary;
        Assert.True(await test.Store.Finish(new ReplyFence(test.Key, 2, 1), end, summary, Refund.Fault));

        Cluster.Time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < Limit; i++)
        {
            Assert.IsType<PostOutcome.Accepted>(await other.Post(new NewMessage("hello", $"k{i}")));
        }

        Assert.IsType<PostOutcome.QuotaExceeded>(await other.Post(new NewMessage("more", "more")));
    }

    [Fact]
    public async Task A_message_that_could_not_be_stored_is_not_counted()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        Cluster.RoomStoreFaults.NextAccept = FaultInjectingRoomStore.Unavailable;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.Room.Post(new NewMessage("one", "k")));
        Assert.Equal(0, await ReportedUsage(test));
    }

    private static async Task<FakeModelCall> NextOpenCall(RoomDriver test)
    {
        while (true)
        {
            var call = await test.Model.NextCall();
            if (!call.Closed.IsCompleted && call.Question == "fails")
            {
                return call;
            }
        }
    }

    private static async Task UseUpDailyLimit(RoomDriver test, int but = 0)
    {
        for (var i = but; i < Limit; i++)
        {
            await test.PostAndWaitForReply($"message {i}");
        }
    }

    private IUserGrain UserOf(RoomDriver test) => Cluster.Grains.User(test.Key.UserId);

    private async Task<int> ReportedUsage(RoomDriver test) => (await UserOf(test).GetUsage())!.Used;

    private async Task<int> StoredUsage(RoomDriver test, DateOnly? day = null) =>
        (await Cluster.UserRows.LoadQuota(test.Key.UserId, day ?? Today)).Used;

    public sealed class DailyLimitClusterFixture : IAsyncLifetime
    {
        public GrainTestCluster Cluster { get; } = new(
            ("BASIC_DAILY_MESSAGES", $"{Limit}"), ("PRO_DAILY_MESSAGES", $"{ProLimit}"), ("GEMINI_PRO_MODEL", "the-pro-model"));

        public ValueTask InitializeAsync() => Cluster.InitializeAsync();

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}

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
public sealed class QuotaTests(QuotaTests.LimitedCluster limited) : IClassFixture<QuotaTests.LimitedCluster>
{
    private const int Limit = 5;
    private const int ProLimit = 137;
    private static readonly TierGrant Pro = new(Tier.Pro, ValidUntil: null, Version: 1);

    public static TheoryData<string> Unknowns => new("stored", "not stored");

    private RoomCluster Cluster => limited.Cluster;

    private DateOnly Today => DateOnly.FromDateTime(Cluster.Time.GetUtcNow().UtcDateTime);

    [Theory]
    [InlineData(Tier.Basic, Limit)]
    [InlineData(Tier.Pro, ProLimit)]
    public async Task Of_a_thousand_messages_at_once_exactly_as_many_pass_as_may(Tier tier, int limit)
    {
        await using var test = await Cluster.NewRoom();
        await UserOf(test).SetTier(Pro with { Tier = tier });
        test.Model.Answer = _ => "hi";
        var rooms = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => test.AnotherRoom()));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 1000).Select(
            i => rooms[i % rooms.Length].Post(new NewMessage("hello", $"k{i}"))));

        Assert.Equal(limit, outcomes.OfType<PostOutcome.Accepted>().Count());
        var refused = outcomes.OfType<PostOutcome.QuotaExceeded>().ToList();
        Assert.Equal(1000 - limit, refused.Count);
        Assert.All(refused, refusal => Assert.Equal((tier, limit), (refusal.Usage.Tier, refusal.Usage.Limit)));
        Assert.Equal(limit, await StoredUse(test));
        Assert.Equal(limit, await Use(test));
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

        await test.Forget();
        await Cluster.Forget(UserOf(test));
        Assert.Equal(1, (await test.Post("hello", "k1")).Message.Id);
        Assert.Equal(Limit, await StoredUse(test));
        Assert.Equal(Limit, await Use(test));
    }

    [Fact]
    public async Task A_repeat_does_not_take_the_last_place_of_a_new_message()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        for (var i = 1; i < Limit; i++)
        {
            await test.Post("hello", $"k{i}");
        }

        // The first is being committed while the other three come, which then share a batch.
        var held = new TaskCompletionSource();
        Cluster.Spoilt.NextAccept = async write =>
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
    public async Task A_new_day_starts_from_nothing()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await UseUp(test);
        var usage = Assert.IsType<PostOutcome.QuotaExceeded>(await test.Room.Post(new NewMessage("more", "more"))).Usage;
        Assert.Equal(new DateTimeOffset(Today.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero), usage.ResetsAt);

        Cluster.Time.Advance(usage.ResetsAt - Cluster.Time.GetUtcNow());
        Assert.Equal(0, await Use(test));
        await test.Post("more", "more");
        Assert.Equal(1, await StoredUse(test));
    }

    [Fact]
    public async Task A_higher_tier_counts_at_once_and_asks_its_model()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await UseUp(test);
        Assert.All(test.Model.All, call => Assert.Null(call.Options?.ModelId));
        Assert.IsType<PostOutcome.QuotaExceeded>(await test.Room.Post(new NewMessage("more", "more")));

        await UserOf(test).SetTier(Pro);
        await test.PostAndAnswered("more");
        Assert.Equal("the-pro-model", test.Model.All.Last().Options?.ModelId);
    }

    [Fact]
    public async Task A_turn_that_goes_on_at_another_activation_asks_its_users_model_too()
    {
        await using var test = await Cluster.NewRoom();
        await UserOf(test).SetTier(Pro);
        await test.Post("hello");
        await test.Model.NextCall();
        await test.Forget();
        await test.Room.Wake();
        Assert.Equal("the-pro-model", (await test.Model.NextCall()).Options?.ModelId);
    }

    [Fact]
    public async Task A_failed_reply_is_given_back_to_the_day_that_it_was_counted_for()
    {
        await using var test = await Cluster.NewRoom();
        var day = Today;
        await test.Post("one");
        var call = await test.Model.NextCall();
        Cluster.Time.Advance(TimeSpan.FromDays(1));
        await (await test.AnotherRoom()).Post(new NewMessage("next day", "k"));
        call.Fail(ModelFault.Config);
        Assert.Equal(MessageStatus.Failed, (await test.Room.ReadToEnd(2)).End.Status);
        Assert.Equal((0, 1), (await StoredUse(test, day), await StoredUse(test)));
    }

    [Fact]
    public async Task What_was_given_back_can_be_used_at_once()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await UseUp(test, but: 1);
        test.Model.Answer = null;
        await test.Post("fails");
        var call = await NextOpenCall(test);
        call.Fail(ModelFault.Config);
        await test.Until(async () => await Use(test) == Limit - 1);
        test.Model.Answer = _ => "hi";
        await test.Post("works");
        Assert.Equal(Limit, await StoredUse(test));
    }

    [Fact]
    public async Task A_stop_gives_back_what_the_model_was_not_called_for()
    {
        await using var test = await Cluster.NewRoom();
        await test.Post("one");
        await test.Post("two");
        await test.Model.NextCall();
        await test.Room.Stop(4);
        await test.Room.Stop(4);
        Assert.Equal(1, await StoredUse(test));
        await test.Room.Stop(2);
        Assert.Equal(1, await StoredUse(test));
    }

    [Fact]
    public async Task Refused_prompts_count()
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
        Assert.Equal((Limit, Limit), (await StoredUse(test), test.Model.All.Count));
    }

    [Fact]
    public async Task Stops_before_the_call_are_given_back_as_often_as_the_limit()
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

        Assert.Equal((2 * Limit, Limit), (accepted, await StoredUse(test)));
        Assert.Single(test.Model.All);
    }

    [Fact]
    public async Task Five_times_the_limit_is_accepted_whatever_becomes_of_it()
    {
        await using var test = await Cluster.NewRoom();
        for (var i = 0; i < DailyUsage.AcceptedPerLimit * Limit; i++)
        {
            var turn = await test.Post("fails", $"k{i}");
            (await test.Model.NextCall()).Fail(ModelFault.Config);
            await test.Room.ReadToEnd(turn.Reply.Id);
        }

        await CheckRefused();
        Assert.Equal(1, (await test.Post("fails", "k0")).Message.Id);
        await Cluster.Forget(UserOf(test));
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
    public async Task A_stop_after_a_call_by_an_earlier_activation_gives_nothing_back()
    {
        await using var test = await Cluster.NewRoom();
        await test.Post("one");
        (await test.Model.NextCall()).Say("half");
        await test.Room.ReadUntil(2, "half");
        await test.Forget();
        await test.Room.Stop(2);
        Assert.Equal(1, await StoredUse(test));
    }

    [Theory]
    [MemberData(nameof(Unknowns))]
    public async Task After_an_unknown_outcome_the_count_is_that_of_the_rows(string kind)
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        Cluster.Spoilt.NextAccept = kind == "stored" ? SpoiltStore.StoredButUnknown : SpoiltStore.NotStoredAndUnknown;
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => test.Room.Post(new NewMessage("one", "k")));
        Assert.Equal(kind == "stored" ? 1 : 0, await Use(test));

        await test.Post("one", "k");
        Assert.Equal((1, 1), (await StoredUse(test), await Use(test)));
        await UseUp(test, but: 1);
        Assert.IsType<PostOutcome.QuotaExceeded>(await test.Room.Post(new NewMessage("more", "more")));
        Assert.Equal(Limit, await StoredUse(test));
    }

    [Fact]
    public async Task A_commit_of_unknown_outcome_that_the_limit_rules_out_by_now_holds_nothing_up()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await UseUp(test, but: 1);
        Cluster.Spoilt.NextAccept = SpoiltStore.NotStoredAndUnknown;
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => test.Room.Post(new NewMessage("one", "k")));
        var other = await test.AnotherRoom();
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
        await UseUp(test, but: 2);
        var (reached, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        Cluster.Spoilt.NextAccept = async write =>
        {
            reached.SetResult();
            await goOn.Task;
            Cluster.Spoilt.NextAccept = SpoiltStore.StoredButUnknown;
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
        Assert.Equal((Limit, Limit), (await StoredUse(test), await Use(test)));
    }

    [Fact]
    public async Task Replies_that_the_users_grain_does_not_know_of_count()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        var other = await test.AnotherRoom();
        Assert.Equal(0, await Use(test));
        for (var i = 0; i < Limit; i++)
        {
            await test.WriteBehindItsBack($"untold {i}");
        }

        Assert.IsType<PostOutcome.QuotaExceeded>(await other.Post(new NewMessage("more", "more")));
        Assert.Equal(Limit, await StoredUse(test));
        Assert.Equal(Limit, await Use(test));
    }

    [Fact]
    public async Task Before_a_refusal_the_rows_are_asked()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        var other = await test.AnotherRoom();
        await test.WriteBehindItsBack("untold");
        await Cluster.Forget(UserOf(test));
        Assert.Equal(1, await Use(test));
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
        Cluster.Spoilt.NextAccept = SpoiltStore.Away;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.Room.Post(new NewMessage("one", "k")));
        Assert.Equal(0, await Use(test));
    }

    private static async Task<PlayedCall> NextOpenCall(TestRoom test)
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

    private static async Task UseUp(TestRoom test, int but = 0)
    {
        for (var i = but; i < Limit; i++)
        {
            await test.PostAndAnswered($"message {i}");
        }
    }

    private IUserGrain UserOf(TestRoom test) => Cluster.Grains.User(test.Key.UserId);

    private async Task<int> Use(TestRoom test) => (await UserOf(test).GetUsage())!.Used;

    private async Task<int> StoredUse(TestRoom test, DateOnly? day = null) =>
        (await Cluster.UserRows.LoadAllowance(test.Key.UserId, day ?? Today)).Used;

    public sealed class LimitedCluster : IAsyncLifetime
    {
        public RoomCluster Cluster { get; } = new(
            ("BASIC_DAILY_MESSAGES", $"{Limit}"), ("PRO_DAILY_MESSAGES", $"{ProLimit}"), ("GEMINI_PRO_MODEL", "the-pro-model"));

        public ValueTask InitializeAsync() => Cluster.InitializeAsync();

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}

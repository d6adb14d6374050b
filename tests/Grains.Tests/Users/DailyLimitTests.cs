using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;
using static GeminiChat.Grains.Tests.Users.DailyLimitFixture;

namespace GeminiChat.Grains.Tests.Users;

/// <summary>Which messages are accepted, and which of them count.</summary>
[Collection(DailyLimitCollection.Name)]
public sealed class DailyLimitTests(DailyLimitFixture limited)
{
    public static TheoryData<string> Unknowns => new("stored", "not stored");

    private GrainTestCluster Cluster => limited.Cluster;

    [Theory]
    [InlineData(Tier.Basic, Limit)]
    [InlineData(Tier.Pro, ProLimit)]
    public async Task Of_a_thousand_parallel_messages_exactly_the_daily_limit_is_accepted(Tier tier, int limit)
    {
        await using var test = await Cluster.NewRoom();
        await limited.UserOf(test).SetTier(Pro with { Tier = tier });
        test.Model.Answer = _ => "hi";
        var rooms = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => test.CreateAnotherRoom()));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 1000).Select(
            i => rooms[i % rooms.Length].Post(new NewMessage("hello", $"k{i}"))));

        Assert.Equal(limit, outcomes.OfType<PostOutcome.Accepted>().Count());
        var refused = outcomes.OfType<PostOutcome.QuotaExceeded>().ToList();
        Assert.Equal(1000 - limit, refused.Count);
        Assert.All(refused, refusal => Assert.Equal((tier, limit), (refusal.Usage.Tier, refusal.Usage.Limit)));
        Assert.Equal(limit, await limited.StoredUsage(test));
        Assert.Equal(limit, await limited.ReportedUsage(test));
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
        await Cluster.Deactivate(limited.UserOf(test));
        Assert.Equal(1, (await test.Post("hello", "k1")).Message.Id);
        Assert.Equal(Limit, await limited.StoredUsage(test));
        Assert.Equal(Limit, await limited.ReportedUsage(test));
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
        Assert.Equal(new DateTimeOffset(limited.Today.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero), usage.ResetsAt);

        Cluster.Time.Advance(usage.ResetsAt - Cluster.Time.GetUtcNow());
        Assert.Equal(0, await limited.ReportedUsage(test));
        await test.Post("more", "more");
        Assert.Equal(1, await limited.StoredUsage(test));
    }

    [Fact]
    public async Task A_higher_tier_applies_at_once_and_uses_its_model()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await UseUpDailyLimit(test);
        Assert.NotEmpty(test.Model.Calls);
        Assert.All(test.Model.Calls, call => Assert.Null(call.Options?.ModelId));
        Assert.IsType<PostOutcome.QuotaExceeded>(await test.Room.Post(new NewMessage("more", "more")));

        await limited.UserOf(test).SetTier(Pro);
        await test.PostAndWaitForReply("more");
        Assert.Equal("the-pro-model", test.Model.Calls.Last().Options?.ModelId);
    }

    [Fact]
    public async Task A_turn_resumed_by_another_activation_uses_the_model_of_the_users_tier()
    {
        await using var test = await Cluster.NewRoom();
        await limited.UserOf(test).SetTier(Pro);
        await test.Post("hello");
        await test.Model.NextCall();
        await test.Deactivate();
        await test.Room.Wake();
        Assert.Equal("the-pro-model", (await test.Model.NextCall()).Options?.ModelId);
    }

    [Theory]
    [MemberData(nameof(Unknowns))]
    public async Task After_an_unknown_outcome_the_usage_is_read_from_the_database(string kind)
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        Cluster.RoomStoreFaults.NextAccept = kind == "stored" ? FaultInjectingRoomStore.StoredWithUnknownOutcome : FaultInjectingRoomStore.NotStoredWithUnknownOutcome;
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => test.Room.Post(new NewMessage("one", "k")));
        Assert.Equal(kind == "stored" ? 1 : 0, await limited.ReportedUsage(test));

        await test.Post("one", "k");
        Assert.Equal((1, 1), (await limited.StoredUsage(test), await limited.ReportedUsage(test)));
        await UseUpDailyLimit(test, but: 1);
        Assert.IsType<PostOutcome.QuotaExceeded>(await test.Room.Post(new NewMessage("more", "more")));
        Assert.Equal(Limit, await limited.StoredUsage(test));
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
        Assert.Equal((Limit, Limit), (await limited.StoredUsage(test), await limited.ReportedUsage(test)));
    }

    [Fact]
    public async Task Replies_accepted_by_another_activation_count()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        var other = await test.CreateAnotherRoom();
        Assert.Equal(0, await limited.ReportedUsage(test));
        for (var i = 0; i < Limit; i++)
        {
            await test.AcceptFromAnotherActivation($"untold {i}");
        }

        Assert.IsType<PostOutcome.QuotaExceeded>(await other.Post(new NewMessage("more", "more")));
        Assert.Equal(Limit, await limited.StoredUsage(test));
        Assert.Equal(Limit, await limited.ReportedUsage(test));
    }

    [Fact]
    public async Task A_refusal_is_based_on_the_database_and_not_on_memory()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        var other = await test.CreateAnotherRoom();
        await test.AcceptFromAnotherActivation("untold");
        await Cluster.Deactivate(limited.UserOf(test));
        Assert.Equal(1, await limited.ReportedUsage(test));
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
        Assert.Equal(0, await limited.ReportedUsage(test));
    }
}

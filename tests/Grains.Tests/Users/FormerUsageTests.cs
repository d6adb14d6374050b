using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Users;

/// <summary>Whoever deletes the account and signs up anew goes on with the same day.</summary>
public sealed class FormerUsageTests(FormerUsageTests.LimitedCluster limited)
    : IClassFixture<FormerUsageTests.LimitedCluster>
{
    private const int Limit = 3;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Failures => new("stored", "not stored", "away");

    private RoomCluster Cluster => limited.Cluster;

    [Fact]
    public async Task The_next_user_of_the_number_has_what_is_left_of_the_day_and_the_next_day_starts_from_nothing()
    {
        var ada = await Spender(Limit - 1);
        await ada.Leave();
        await ada.UntilErased();

        var next = Cluster.Grains.User(await ada.SignIn());
        Assert.Equal(Limit - 1, (await next.GetUsage())!.Used);
        var room = await NewRoom(next);
        Assert.IsType<PostOutcome.Accepted>(await room.Post(new NewMessage("hello", "k1")));
        Assert.IsType<PostOutcome.QuotaExceeded>(await room.Post(new NewMessage("hello", "k2")));
        await Cluster.Forget(next);
        Assert.Equal(Limit, (await next.GetUsage())!.Used);

        Cluster.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, (await next.GetUsage())!.Used);
        Assert.IsType<PostOutcome.Accepted>(await room.Post(new NewMessage("hello", "k2")));
    }

    [Fact]
    public async Task It_counts_while_the_former_user_is_still_being_erased()
    {
        var ada = await Spender(Limit);
        var (reached, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        Cluster.Spoilt.NextDelete = async delete =>
        {
            reached.SetResult();
            await goOn.Task;
            return await delete();
        };
        await ada.Leave();
        await reached.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);

        var next = Cluster.Grains.User(await ada.SignIn());
        Assert.NotEqual(ada.Id, next.GetPrimaryKey());
        Assert.IsType<PostOutcome.QuotaExceeded>(await (await NewRoom(next)).Post(new NewMessage("hello", "k")));
        goOn.SetResult();
        await ada.UntilErased();
        Assert.Equal(Limit, (await next.GetUsage())!.Used);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task The_number_is_not_free_before_its_usage_is_kept(string failure)
    {
        var ada = await Spender(Limit - 1);
        Cluster.Users.NextKeep = async keep =>
        {
            Assert.Equal(ada.Id, await ada.SignIn());
            await (failure == "stored" ? keep() : Task.CompletedTask);
            throw Failed(failure);
        };
        await ada.Leave();
        await ada.UntilErased();

        Assert.Equal(Limit - 1, (await Cluster.Grains.User(await ada.SignIn()).GetUsage())!.Used);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_new_user_whose_storing_fails_has_it_once(string failure)
    {
        var ada = await Spender(Limit - 1);
        await ada.Leave();
        await ada.UntilErased();
        Cluster.Users.NextCreate = async create =>
        {
            await (failure == "stored" ? create() : Task.CompletedTask);
            throw Failed(failure);
        };
        await Assert.ThrowsAnyAsync<Exception>(() => ada.SignIn());

        Assert.Equal(Limit - 1, (await Cluster.Grains.User(await ada.SignIn()).GetUsage())!.Used);
    }

    private static Exception Failed(string failure) => failure == "away"
        ? new StoreUnavailableException("as the test wishes")
        : new StoreOutcomeUnknownException("as the test wishes");

    private async Task<IChatroomGrain> NewRoom(IUserGrain user)
    {
        var room = Cluster.Grains.Chatroom(new RoomKey(user.GetPrimaryKey(), Guid.CreateVersion7()));
        Assert.IsType<CreateRoomOutcome.Created>(await room.Create(new NewRoom("room", null)));
        return room;
    }

    /// <summary>A user who has used so many messages today.</summary>
    private async Task<Leaver> Spender(int messages)
    {
        await using var played = await Cluster.NewRoom();
        played.Model.Answer = _ => "hi";
        var ada = await Leaver.Join(Cluster);
        var room = Cluster.Grains.Chatroom(ada.Room);
        for (var i = 0; i < messages; i++)
        {
            var posted = Assert.IsType<PostOutcome.Accepted>(await room.Post(new NewMessage("hello", $"k{i}")));
            await room.ReadToEnd(posted.Reply.Id);
        }

        return ada;
    }

    public sealed class LimitedCluster : IAsyncLifetime
    {
        public RoomCluster Cluster { get; } = new(("BASIC_DAILY_MESSAGES", $"{Limit}"));

        public ValueTask InitializeAsync() => Cluster.InitializeAsync();

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}

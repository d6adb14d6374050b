using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Users;

/// <summary>Whoever deletes the account and signs up anew goes on with the same day.</summary>
public sealed class FormerUsageTests(FormerUsageTests.DailyLimitClusterFixture limited)
    : IClassFixture<FormerUsageTests.DailyLimitClusterFixture>
{
    private const int Limit = 3;

    public static TheoryData<string> Failures => new("stored", "not stored", "away");

    private GrainTestCluster Cluster => limited.Cluster;

    [Fact]
    public async Task The_next_user_of_a_number_inherits_the_usage_of_the_day_and_the_next_day_starts_at_zero()
    {
        var ada = await NewUserWithUsage(Limit - 1);
        await ada.DeleteAccount();
        await ada.WaitUntilErased();

        var next = Cluster.Grains.User(await ada.SignIn());
        Assert.Equal(Limit - 1, (await next.GetUsage())!.Used);
        var room = await NewRoom(next);
        Assert.IsType<PostOutcome.Accepted>(await room.Post(new NewMessage("hello", "k1")));
        Assert.IsType<PostOutcome.QuotaExceeded>(await room.Post(new NewMessage("hello", "k2")));
        await Cluster.Deactivate(next);
        Assert.Equal(Limit, (await next.GetUsage())!.Used);

        Cluster.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, (await next.GetUsage())!.Used);
        Assert.IsType<PostOutcome.Accepted>(await room.Post(new NewMessage("hello", "k2")));
    }

    [Fact]
    public async Task Inherited_usage_counts_while_the_former_user_is_still_being_erased()
    {
        var ada = await NewUserWithUsage(Limit);
        var (reached, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        Cluster.RoomStoreFaults.NextDelete = async delete =>
        {
            reached.SetResult();
            await goOn.Task;
            return await delete();
        };
        await ada.DeleteAccount();
        await reached.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);

        var next = Cluster.Grains.User(await ada.SignIn());
        Assert.NotEqual(ada.Id, next.GetPrimaryKey());
        Assert.IsType<PostOutcome.QuotaExceeded>(await (await NewRoom(next)).Post(new NewMessage("hello", "k")));
        goOn.SetResult();
        await ada.WaitUntilErased();
        Assert.Equal(Limit, (await next.GetUsage())!.Used);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_number_is_not_freed_before_its_usage_is_stored(string failure)
    {
        var ada = await NewUserWithUsage(Limit - 1);
        Cluster.UserStoreFaults.NextKeep = async keep =>
        {
            Assert.Equal(ada.Id, await ada.SignIn());
            await (failure == "stored" ? keep() : Task.CompletedTask);
            throw Failed(failure);
        };
        await ada.DeleteAccount();
        await ada.WaitUntilErased();

        Assert.Equal(Limit - 1, (await Cluster.Grains.User(await ada.SignIn()).GetUsage())!.Used);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_new_user_whose_creation_was_repeated_inherits_the_usage_once(string failure)
    {
        var ada = await NewUserWithUsage(Limit - 1);
        await ada.DeleteAccount();
        await ada.WaitUntilErased();
        Cluster.UserStoreFaults.NextCreate = async create =>
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
    private async Task<DeletedUserDriver> NewUserWithUsage(int messages)
    {
        await using var fake = await Cluster.NewRoom();
        fake.Model.Answer = _ => "hi";
        var ada = await DeletedUserDriver.Create(Cluster);
        var room = Cluster.Grains.Chatroom(ada.Room);
        for (var i = 0; i < messages; i++)
        {
            var posted = Assert.IsType<PostOutcome.Accepted>(await room.Post(new NewMessage("hello", $"k{i}")));
            await room.ReadToEnd(posted.Reply.Id);
        }

        return ada;
    }

    public sealed class DailyLimitClusterFixture : IAsyncLifetime
    {
        public GrainTestCluster Cluster { get; } = new(("BASIC_DAILY_MESSAGES", $"{Limit}"));

        public ValueTask InitializeAsync() => Cluster.InitializeAsync();

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}

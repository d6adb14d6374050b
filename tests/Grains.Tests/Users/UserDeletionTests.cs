using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Subscriptions;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Tests.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Users;

/// <summary>A user who has left is gone at once, and for good.</summary>
public sealed class UserDeletionTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deleted_user_is_absent_as_soon_as_the_call_returns(bool isForgotten)
    {
        var ada = await DeletedUserDriver.Create(cluster);
        var notices = (await ada.User.FollowNotices(null, CancellationToken.None))!.Next;
        var poll = ada.User.FollowNotices(notices, CancellationToken.None);
        using var erasure = HoldErasure();
        Assert.True(await ada.DeleteAccount());
        Assert.Null(await poll);
        if (isForgotten)
        {
            await cluster.Deactivate(ada.User);
        }

        await ada.User.EnsureCreated(new VerifiedUser(ada.Number, "Eve", "hash of eve's"));
        await ada.Security.ResetPassword("hash of eve's");
        await ada.Security.EndAllSessions();
        Assert.Null(await ada.User.GetProfile());
        Assert.Null(await ada.User.Rename("Eve"));
        Assert.Null(await ada.Security.GetCredentials());
        Assert.Null(await ada.User.GetUsage());
        Assert.Null(await ada.User.FollowNotices(notices, CancellationToken.None));
        Assert.False(await ada.Security.CheckSession(ada.Session, 0));
        Assert.Null(await ada.Security.RefreshSession(ada.Session, [1, 2, 3], [4]));
        Assert.Null(await ada.Security.StartSession(new NewSession(Guid.CreateVersion7(), [5], Version: null)));
        Assert.Empty((await ada.User.ListRooms()).Rooms);
        Assert.Equal(RoomReservation.UserAbsent, await ada.User.ReserveRoom(Guid.CreateVersion7()));
        Assert.True(await ada.DeleteAccount());
    }

    [Fact]
    public async Task Only_a_live_session_can_delete_the_user()
    {
        var ada = await DeletedUserDriver.Create(cluster);
        await ada.Security.EndSession(ada.Session);
        Assert.False(await ada.DeleteAccount());
        Assert.NotNull(await ada.User.GetProfile());
    }

    [Theory]
    [InlineData("stored")]
    [InlineData("not stored")]
    public async Task A_deletion_with_unknown_outcome_can_be_repeated(string kind)
    {
        var ada = await DeletedUserDriver.Create(cluster);
        cluster.UserStoreFaults.NextDelete = async write =>
        {
            await (kind == "stored" ? write() : Task.CompletedTask);
            throw new StoreOutcomeUnknownException("as the test wishes");
        };
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(ada.DeleteAccount);
        await cluster.WaitForDeactivation(ada.User);

        Assert.Equal(kind == "stored", await ada.User.GetProfile() is null);
        Assert.True(await ada.DeleteAccount());
        await ada.WaitUntilErased();
    }

    [Fact]
    public async Task The_number_gets_a_new_and_empty_user_and_its_limits_stay()
    {
        var ada = await DeletedUserDriver.Create(cluster);
        await ada.DeleteAccount();
        await ada.WaitUntilErased();

        var next = await ada.SignIn();
        Assert.NotEqual(ada.Id, next);
        Assert.Null((await cluster.Grains.User(next).GetProfile())!.Name);
        Assert.Empty((await cluster.Grains.User(next).ListRooms()).Rooms);
        Assert.Null(await ada.User.GetProfile());

        // Five in ten minutes: one before, one since.
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(next, await ada.SignIn());
        }

        Assert.IsType<IssueCodeOutcome.RateLimited>(await ada.Phone.IssueCode(ada.Number, CodePurpose.SignIn));
    }

    [Fact]
    public async Task A_number_that_already_belongs_to_another_user_is_not_freed()
    {
        var ada = await DeletedUserDriver.Create(cluster);
        await ada.Phone.Release(Guid.CreateVersion7());
        Assert.Equal(ada.Id, await ada.SignIn());
    }

    [Fact]
    public async Task A_concurrent_sign_in_does_not_restore_a_deleted_user()
    {
        for (var i = 0; i < 10; i++)
        {
            var ada = await DeletedUserDriver.Create(cluster);
            var code = await ada.NewCode();
            await Task.WhenAll(ada.DeleteAccount(), ada.Phone.SignIn(code), ada.Phone.BeginLogin());
            await ada.WaitUntilErased();

            Assert.NotEqual(ada.Id, await ada.SignIn());
            Assert.Null(await ada.User.GetProfile());
        }
    }

    [Fact]
    public async Task A_deletion_code_works_once_and_wrong_codes_count_like_at_sign_in()
    {
        var ada = await DeletedUserDriver.Create(cluster);
        var code = await ada.NewCode();
        for (var i = 0; i < 4; i++)
        {
            Assert.IsType<CodeCheckOutcome.Invalid>(await ada.Phone.Reauthenticate(PhoneDriver.WrongCode(code)));
        }

        Assert.Equal(new CodeCheckOutcome.Valid(ada.Id), await ada.Phone.Reauthenticate(code));
        Assert.IsType<CodeCheckOutcome.Invalid>(await ada.Phone.Reauthenticate(code));

        var next = await ada.NewCode();
        for (var i = 0; i < 5; i++)
        {
            Assert.IsType<CodeCheckOutcome.Invalid>(await ada.Phone.Reauthenticate(PhoneDriver.WrongCode(next)));
        }

        Assert.IsType<CodeCheckOutcome.Invalid>(await ada.Phone.Reauthenticate(next));
    }

    [Fact]
    public async Task The_subscription_is_canceled_and_forgotten()
    {
        var ada = await DeletedUserDriver.Create(cluster);
        var subscription = cluster.Grains.Subscription(ada.Id);
        var home = new ReturnUrls("https://chat.example/?{CHECKOUT_SESSION_ID}", "https://chat.example/?no", "https://chat.example/");
        var checkout = Assert.IsType<CheckoutOutcome.Open>(await subscription.OpenCheckout(home));
        cluster.Payments.CompleteCheckout(checkout.CheckoutId, cluster.Time.GetUtcNow());
        await subscription.ConfirmCheckout(checkout.CheckoutId);
        Assert.Equal(Tier.Pro, (await ada.User.GetProfile())!.Tier);

        await ada.DeleteAccount();
        await ada.WaitUntilErased();
        await WaitUntil(async () => !(await cluster.SubscriptionStoreFaults.Load(ada.Id, 1)).HasRow);
        Assert.Equal(ProviderSubscriptionStatus.Canceled, Assert.Single(cluster.Payments.SubscriptionsOf(ada.Id)).Status);
        Assert.IsType<CheckoutOutcome.UserAbsent>(await subscription.OpenCheckout(home));
    }

    [Fact]
    public async Task No_model_call_is_made_after_a_deletion()
    {
        var ada = await DeletedUserDriver.Create(cluster);
        var room = cluster.Grains.Chatroom(ada.Room);
        using (HoldErasure())
        {
            await ada.DeleteAccount();
            Assert.IsType<PostOutcome.RoomAbsent>(await room.Post(new NewMessage("hello", "key")));
        }

        await ada.WaitUntilErased();
        Assert.Null(await room.Read(10, before: null));
    }

    [Fact]
    public async Task A_room_creation_during_the_deletion_fails()
    {
        var ada = await DeletedUserDriver.Create(cluster);
        var (reached, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        cluster.RoomStoreFaults.NextCreate = async write =>
        {
            reached.SetResult();
            await goOn.Task;
            return await write();
        };
        var making = cluster.Grains.Chatroom(ada.Room with { RoomId = Guid.CreateVersion7() }).Create(new NewRoom("late", null));
        await reached.Task;
        await ada.DeleteAccount();
        await ada.WaitUntilErased();
        goOn.SetResult();

        await Assert.ThrowsAnyAsync<Exception>(() => making);
        Assert.Empty(await cluster.UserRows.LoadRooms(ada.Id));
    }

    [Fact]
    public async Task No_personal_data_is_left_in_any_table()
    {
        var name = $"name {Guid.CreateVersion7():N}";
        var hash = $"hash {Guid.CreateVersion7():N}";
        var ada = await DeletedUserDriver.Create(cluster, name, hash);
        await using var room = await cluster.NewRoom();
        var texts = new[] { "prompt", "title", "question", "answer" }.ToDictionary(kind => kind, kind => $"{kind} {Guid.CreateVersion7():N}");
        room.Model.Answer = _ => texts["answer"];
        var mine = cluster.Grains.Chatroom(ada.Room);
        await mine.Update(new RoomPatch(texts["title"], texts["prompt"]));
        var posted = Assert.IsType<PostOutcome.Accepted>(await mine.Post(new NewMessage(texts["question"], "key")));
        await mine.ReadToEnd(posted.Reply.Id);
        string[] secrets = [name, hash, ada.Number[1..], .. texts.Values];
        foreach (var secret in secrets)
        {
            Assert.NotEmpty(await cluster.FindColumnsWith(secret));
        }

        await ada.DeleteAccount();
        await ada.WaitUntilErased();
        await cluster.PurgeDeletedRooms();

        // What comes too late leaves nothing either.
        await ada.User.EnsureCreated(new VerifiedUser(ada.Number, name, hash));
        await ada.Security.ResetPassword(hash);
        foreach (var secret in secrets)
        {
            Assert.Empty(await cluster.FindColumnsWith(secret));
        }

        var day = DateOnly.FromDateTime(posted.Reply.Timestamp.UtcDateTime);
        Assert.Equal(0, (await cluster.UserRows.LoadQuota(ada.Id, day)).Used);
    }

    private HeldErasure HoldErasure()
    {
        var held = new HeldErasure(() => cluster.UserStoreFaults.BeforeNumber = null);
        cluster.UserStoreFaults.BeforeNumber = () => held.Released;
        return held;
    }

    private static async Task WaitUntil(Func<Task<bool>> condition)
    {
        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>Keeps erasures from beginning until it is disposed.</summary>
    private sealed class HeldErasure(Action onReleased) : IDisposable
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Released => _released.Task;

        public void Dispose()
        {
            onReleased();
            _released.SetResult();
        }
    }
}

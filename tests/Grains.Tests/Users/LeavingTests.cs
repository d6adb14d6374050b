using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Subscriptions;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Tests.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Users;

/// <summary>A user who has left is gone at once, and for good.</summary>
public sealed class LeavingTests(RoomCluster cluster) : IClassFixture<RoomCluster>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task From_the_answer_on_there_is_no_such_user(bool isForgotten)
    {
        var ada = await Leaver.Join(cluster);
        var notices = (await ada.User.FollowNotices(null, CancellationToken.None))!.Next;
        var poll = ada.User.FollowNotices(notices, CancellationToken.None);
        using var erasure = Hold();
        Assert.True(await ada.Leave());
        Assert.Null(await poll);
        if (isForgotten)
        {
            await cluster.Forget(ada.User);
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
        Assert.True(await ada.Leave());
    }

    [Fact]
    public async Task Only_a_session_that_goes_on_can_ask_for_it()
    {
        var ada = await Leaver.Join(cluster);
        await ada.Security.EndSession(ada.Session);
        Assert.False(await ada.Leave());
        Assert.NotNull(await ada.User.GetProfile());
    }

    [Theory]
    [InlineData("stored")]
    [InlineData("not stored")]
    public async Task A_deletion_whose_storing_is_unknown_can_be_asked_for_again(string kind)
    {
        var ada = await Leaver.Join(cluster);
        cluster.Users.NextDelete = async write =>
        {
            await (kind == "stored" ? write() : Task.CompletedTask);
            throw new StoreOutcomeUnknownException("as the test wishes");
        };
        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(ada.Leave);
        await cluster.WaitUntilGone(ada.User);

        Assert.Equal(kind == "stored", await ada.User.GetProfile() is null);
        Assert.True(await ada.Leave());
        await ada.UntilErased();
    }

    [Fact]
    public async Task The_number_gets_a_new_and_empty_user_and_its_limits_stay()
    {
        var ada = await Leaver.Join(cluster);
        await ada.Leave();
        await ada.UntilErased();

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

        Assert.IsType<CodeOutcome.TooSoon>(await ada.Phone.SendCode(ada.Number, CodePurpose.SignIn));
    }

    [Fact]
    public async Task A_number_that_has_another_user_by_now_is_left_alone()
    {
        var ada = await Leaver.Join(cluster);
        await ada.Phone.Release(Guid.CreateVersion7());
        Assert.Equal(ada.Id, await ada.SignIn());
    }

    [Fact]
    public async Task A_sign_in_at_the_same_moment_brings_nobody_back()
    {
        for (var i = 0; i < 10; i++)
        {
            var ada = await Leaver.Join(cluster);
            var code = await ada.NewCode();
            await Task.WhenAll(ada.Leave(), ada.Phone.SignIn(code), ada.Phone.BeginLogin());
            await ada.UntilErased();

            Assert.NotEqual(ada.Id, await ada.SignIn());
            Assert.Null(await ada.User.GetProfile());
        }
    }

    [Fact]
    public async Task A_code_proves_once_and_wrong_ones_count_as_when_signing_in()
    {
        var ada = await Leaver.Join(cluster);
        var code = await ada.NewCode();
        for (var i = 0; i < 4; i++)
        {
            Assert.IsType<CheckOutcome.Wrong>(await ada.Phone.Prove(TestPhone.Wrong(code)));
        }

        Assert.Equal(new CheckOutcome.Right(ada.Id), await ada.Phone.Prove(code));
        Assert.IsType<CheckOutcome.Wrong>(await ada.Phone.Prove(code));

        var next = await ada.NewCode();
        for (var i = 0; i < 5; i++)
        {
            Assert.IsType<CheckOutcome.Wrong>(await ada.Phone.Prove(TestPhone.Wrong(next)));
        }

        Assert.IsType<CheckOutcome.Wrong>(await ada.Phone.Prove(next));
    }

    [Fact]
    public async Task The_subscription_is_canceled_and_forgotten()
    {
        var ada = await Leaver.Join(cluster);
        var subscription = cluster.Grains.Subscription(ada.Id);
        var home = new ReturnAddresses("https://chat.example/?{CHECKOUT_SESSION_ID}", "https://chat.example/?no", "https://chat.example/");
        var checkout = Assert.IsType<CheckoutOutcome.Open>(await subscription.OpenCheckout(home));
        cluster.Stripe.Pay(checkout.CheckoutId, cluster.Time.GetUtcNow());
        await subscription.ConfirmCheckout(checkout.CheckoutId);
        Assert.Equal(Tier.Pro, (await ada.User.GetProfile())!.Tier);

        await ada.Leave();
        await ada.UntilErased();
        await Until(async () => !(await cluster.Subscriptions.Load(ada.Id, 1)).HasRow);
        Assert.Equal(PaidStatus.Canceled, Assert.Single(cluster.Stripe.SubscriptionsOf(ada.Id)).Status);
        Assert.IsType<CheckoutOutcome.UserAbsent>(await subscription.OpenCheckout(home));
    }

    [Fact]
    public async Task Nothing_is_asked_of_the_model_any_more()
    {
        var ada = await Leaver.Join(cluster);
        var room = cluster.Grains.Chatroom(ada.Room);
        using (Hold())
        {
            await ada.Leave();
            Assert.IsType<PostOutcome.RoomAbsent>(await room.Post(new NewMessage("hello", "key")));
        }

        await ada.UntilErased();
        Assert.Null(await room.Read(10, before: null));
    }

    [Fact]
    public async Task A_room_that_is_being_made_is_not_made()
    {
        var ada = await Leaver.Join(cluster);
        var (reached, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        cluster.Spoilt.NextCreate = async write =>
        {
            reached.SetResult();
            await goOn.Task;
            return await write();
        };
        var making = cluster.Grains.Chatroom(ada.Room with { RoomId = Guid.CreateVersion7() }).Create(new NewRoom("late", null));
        await reached.Task;
        await ada.Leave();
        await ada.UntilErased();
        goOn.SetResult();

        await Assert.ThrowsAnyAsync<Exception>(() => making);
        Assert.Empty(await cluster.UserRows.LoadRooms(ada.Id));
    }

    [Fact]
    public async Task Nothing_personal_is_left_in_any_table()
    {
        var name = $"name {Guid.CreateVersion7():N}";
        var hash = $"hash {Guid.CreateVersion7():N}";
        var ada = await Leaver.Join(cluster, name, hash);
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
            Assert.NotEmpty(await cluster.ColumnsWith(secret));
        }

        await ada.Leave();
        await ada.UntilErased();
        await cluster.Purge();

        // What comes too late leaves nothing either.
        await ada.User.EnsureCreated(new VerifiedUser(ada.Number, name, hash));
        await ada.Security.ResetPassword(hash);
        foreach (var secret in secrets)
        {
            Assert.Empty(await cluster.ColumnsWith(secret));
        }

        var day = DateOnly.FromDateTime(posted.Reply.Timestamp.UtcDateTime);
        Assert.Equal(0, (await cluster.UserRows.LoadAllowance(ada.Id, day)).Used);
    }

    private Held Hold()
    {
        var held = new Held(() => cluster.Users.BeforeNumber = null);
        cluster.Users.BeforeNumber = () => held.Released;
        return held;
    }

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>Keeps erasures from beginning until it is disposed.</summary>
    private sealed class Held(Action onReleased) : IDisposable
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

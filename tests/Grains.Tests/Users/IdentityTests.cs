using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Users;

/// <summary>Users who sign in elsewhere.</summary>
public sealed class IdentityTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    private static readonly ExternalSignIn ByServer = new(IssuedAt: null, "Ada");

    private readonly string _subject = Guid.CreateVersion7().ToString();

    private DateTimeOffset Now => cluster.Time.GetUtcNow();

    [Fact]
    public async Task Sign_ins_at_the_same_time_make_one_user()
    {
        var identity = await Identity();

        var users = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => identity.FindOrCreateUser(ByServer)));

        var user = await cluster.Grains.User(Assert.Single(users.Distinct())!.Value).GetProfile();
        Assert.Equal(("Ada", null, null), (user!.Name, user.MobileNumber, user.GetVerifiedNumber()));
    }

    [Fact]
    public async Task The_user_is_the_same_after_a_restart_and_keeps_the_first_name()
    {
        var identity = await Identity();
        var userId = await identity.FindOrCreateUser(ByServer with { MobileNumber = "+14155550100" });
        await cluster.Deactivate(identity);
        await cluster.Deactivate(cluster.Grains.User(userId!.Value));

        Assert.Equal(userId, await identity.FindOrCreateUser(new ExternalSignIn(Now, "Eve", "+14155550101")));
        var user = await cluster.Grains.User(userId.Value).GetProfile();
        Assert.Equal(("Ada", "+14155550100", null), (user!.Name, user.MobileNumber, user.GetVerifiedNumber()));
        Assert.Null((await cluster.Grains.UserSecurity(userId.Value).GetCredentials())!.MobileNumber);
    }

    [Fact]
    public async Task A_user_whose_creation_failed_is_created_with_the_same_id_by_the_next_sign_in()
    {
        var identity = await Identity();
        cluster.UserStoreFaults.NextCreate = _ => throw new StoreUnavailableException("as the test wishes");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => identity.FindOrCreateUser(ByServer));

        var userId = await identity.FindOrCreateUser(ByServer);

        Assert.NotNull(await cluster.Grains.User(userId!.Value).GetProfile());
    }

    [Fact]
    public async Task Two_subjects_are_two_users()
    {
        var secret = await cluster.Grains.NumberSecret().Get();
        var keys = new[] { ("a", "bc"), ("ab", "c"), ("a", "b") }.Select(pair => IdentityKey.Of(secret.AsSpan(), pair.Item1, pair.Item2));

        Assert.Equal(3, keys.Distinct().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_deleted_user_is_forgotten_at_once_and_older_sign_ins_are_refused(bool isErased)
    {
        var identity = await Identity();
        var before = new ExternalSignIn(Now, "Ada");
        var userId = (await identity.FindOrCreateUser(before))!.Value;
        var goOn = new TaskCompletionSource();
        cluster.UserStoreFaults.BeforeErase = isErased ? null : () => goOn.Task;
        Assert.True(await cluster.Grains.User(userId).DeleteByExternalToken(Now.AddSeconds(1)));
        if (isErased)
        {
            await WaitUntilErased(userId);
        }

        Assert.Null(await identity.FindOrCreateUser(before));
        var next = await identity.FindOrCreateUser(before with { IssuedAt = Now.AddSeconds(1) });
        Assert.NotNull(next);
        Assert.NotEqual(userId, next);
        Assert.Null(await identity.FindOrCreateUser(before));

        cluster.UserStoreFaults.BeforeErase = null;
        goOn.SetResult();
        await WaitUntilErased(userId);
        Assert.Equal(next, await identity.FindOrCreateUser(before with { IssuedAt = Now.AddSeconds(1) }));
        await cluster.Deactivate(identity);
        Assert.Equal(next, await identity.FindOrCreateUser(ByServer));
        Assert.NotNull(await cluster.Grains.User(next.Value).GetProfile());
    }

    [Fact]
    public async Task Only_a_token_that_is_accepted_can_delete_the_user()
    {
        var userId = (await (await Identity()).FindOrCreateUser(ByServer))!.Value;
        await cluster.Grains.UserSecurity(userId).EndAllSessions();

        Assert.False(await cluster.Grains.User(userId).DeleteByExternalToken(Now.AddSeconds(-1)));
        Assert.NotNull(await cluster.Grains.User(userId).GetProfile());
    }

    [Fact]
    public async Task The_end_of_all_sessions_ends_the_tokens_from_before_also_after_a_restart()
    {
        var userId = (await (await Identity()).FindOrCreateUser(ByServer))!.Value;
        var security = cluster.Grains.UserSecurity(userId);
        var issued = Now;
        Assert.True(await security.CheckExternalToken(issued));

        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        await security.EndAllSessions();
        await cluster.Deactivate(security);

        Assert.False(await security.CheckExternalToken(issued));
        Assert.True(await security.CheckExternalToken(Now.AddSeconds(1)));
        Assert.False(await cluster.Grains.UserSecurity(Guid.CreateVersion7()).CheckExternalToken(Now));
    }

    [Fact]
    public async Task The_end_of_all_sessions_ends_the_tokens_that_have_come_also_if_the_issuers_clock_is_ahead()
    {
        var userId = (await (await Identity()).FindOrCreateUser(ByServer))!.Value;
        var security = cluster.Grains.UserSecurity(userId);
        var (before, after) = (Now.AddSeconds(20), Now.AddSeconds(21));
        Assert.True(await security.CheckExternalToken(before));

        await security.EndAllSessions();

        Assert.False(await security.CheckExternalToken(before));
        Assert.True(await security.CheckExternalToken(after));
    }

    private async Task<IIdentityGrain> Identity()
    {
        var secret = await cluster.Grains.NumberSecret().Get();
        return cluster.Grains.Identity(IdentityKey.Of(secret.AsSpan(), "https://issuer.example.com", _subject));
    }

    private async Task WaitUntilErased(Guid userId)
    {
        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await cluster.UserRows.FindDeletedUser(userId) is { IsErased: false })
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }
}

using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;
using GeminiChat.Grains.Users;

namespace GeminiChat.Grains.Tests.Users;

public sealed class SessionTests : IClassFixture<GrainTestCluster>
{
    private readonly GrainTestCluster _cluster;
    private readonly IUserGrain _user;
    private readonly IUserSecurityGrain _security;

    public SessionTests(GrainTestCluster cluster)
    {
        _cluster = cluster;
        var id = Guid.CreateVersion7();
        (_user, _security) = (cluster.Grains.User(id), cluster.Grains.UserSecurity(id));
    }

    [Fact]
    public async Task A_session_survives_a_restart_and_ends_after_thirty_days_even_if_refreshed()
    {
        var session = await Start();
        await _cluster.Deactivate(_security);
        Assert.True(await IsLive(session));
        _cluster.Time.Advance(TimeSpan.FromDays(29));
        Assert.NotNull(await _security.RefreshSession(session.SessionId, Token(0), Token(1)));
        _cluster.Time.Advance(TimeSpan.FromDays(1));
        Assert.False(await IsLive(session));
        Assert.Null(await _security.RefreshSession(session.SessionId, Token(1), Token(2)));
    }

    [Fact]
    public async Task The_session_list_shows_start_and_last_refresh_and_program_and_is_sorted_by_last_refresh()
    {
        var first = await Start();
        _cluster.Time.Advance(TimeSpan.FromHours(1));
        var second = await _security.StartSession(new NewSession(Guid.CreateVersion7(), Token(7), Version: null, "Firefox"));
        _cluster.Time.Advance(TimeSpan.FromHours(1));
        await _security.RefreshSession(first.SessionId, Token(0), Token(1));
        await _cluster.Deactivate(_security);

        var list = (await _security.ListSessions())!.Sessions;
        Assert.Equal([first.SessionId, second!.SessionId], list.Select(session => session.Id));
        Assert.True(list[0].LastUsedAt - list[0].StartedAt >= TimeSpan.FromHours(2));
        Assert.Equal(list[1].StartedAt, list[1].LastUsedAt);
        Assert.Equal([null, "Firefox"], list.Select(session => session.UserAgent));
        _cluster.Time.Advance(TimeSpan.FromDays(30));
        Assert.Empty((await _security.ListSessions())!.Sessions);
        Assert.Null(await _cluster.Grains.UserSecurity(Guid.CreateVersion7()).ListSessions());
    }

    [Fact]
    public async Task Of_fifty_parallel_refreshes_with_one_token_one_succeeds_and_the_session_ends()
    {
        var session = await Start();
        var grants = await Task.WhenAll(
            Enumerable.Range(1, 50).Select(i => _security.RefreshSession(session.SessionId, Token(0), Token(i))));
        Assert.Single(grants, grant => grant is not null);
        Assert.False(await IsLive(session));
    }

    [Fact]
    public async Task A_refresh_can_be_repeated_until_its_successor_is_used()
    {
        var session = await Start();
        Assert.NotNull(await _security.RefreshSession(session.SessionId, Token(0), Token(1)));
        await _cluster.Deactivate(_security);
        Assert.NotNull(await _security.RefreshSession(session.SessionId, Token(0), Token(1)));
        Assert.NotNull(await _security.RefreshSession(session.SessionId, Token(1), Token(2)));
        Assert.True(await IsLive(session));

        Assert.Null(await _security.RefreshSession(session.SessionId, Token(0), Token(1)));
        Assert.False(await IsLive(session));
    }

    [Fact]
    public async Task Of_fifty_one_sessions_the_oldest_ends()
    {
        var oldest = await Start();
        var second = await Start();
        for (var i = 0; i < IUserSecurityGrain.MaxSessions - 1; i++)
        {
            await Start();
        }

        Assert.False(await IsLive(oldest));
        Assert.True(await IsLive(second));
    }

    [Fact]
    public async Task A_changed_password_ends_all_sessions_but_the_one_that_changed_it()
    {
        await _user.EnsureCreated(new VerifiedUser("+14155550123", "Ada", "old"));
        var calling = await Start();
        var other = await Start();
        Assert.False(await _security.ChangePassword(calling.SessionId, "not the old", "new"));
        Assert.True(await IsLive(other));

        Assert.True(await _security.ChangePassword(calling.SessionId, "old", "new"));
        Assert.True(await IsLive(calling));
        Assert.False(await IsLive(other));
        Assert.False(await _security.ChangePassword(other.SessionId, "new", "newer"));

        var next = await _security.RefreshSession(calling.SessionId, Token(0), Token(1));
        Assert.True(next!.Version > calling.Version);
        Assert.True(await IsLive(next));
    }

    [Fact]
    public async Task A_session_does_not_start_from_a_password_that_was_changed_while_it_was_checked()
    {
        await _user.EnsureCreated(new VerifiedUser("+14155550123", "Ada", "old"));
        var seen = (await _security.GetCredentials())!.Version;
        await _security.ResetPassword("new");
        Assert.Null(await _security.StartSession(new NewSession(Guid.CreateVersion7(), Token(0), seen)));
    }

    [Fact]
    public async Task A_stronger_hash_replaces_only_the_hash_it_was_made_for()
    {
        await _user.EnsureCreated(new VerifiedUser("+14155550123", "Ada", "weak"));
        await _security.RehashPassword("another", "strong");
        Assert.Equal("weak", (await _security.GetCredentials())!.PasswordHash);
        await _security.RehashPassword("weak", "strong");
        Assert.Equal("strong", (await _security.GetCredentials())!.PasswordHash);
    }

    [Fact]
    public async Task A_token_with_a_future_session_version_is_refused()
    {
        var session = await Start();
        Assert.False(await IsLive(session with { Version = session.Version + 1 }));
    }

    [Fact]
    public async Task A_user_who_does_not_exist_has_no_session_and_no_credentials()
    {
        Assert.Null(await _security.StartSession(new NewSession(Guid.CreateVersion7(), Token(0), null)));
        Assert.Null(await _security.GetCredentials());
        Assert.False(await _security.CheckSession(Guid.CreateVersion7(), 0));
        await _cluster.WaitForDeactivation(_security);
    }

    [Fact]
    public async Task A_process_of_the_version_before_finds_password_and_sessions_at_the_users_grain()
    {
        await _user.EnsureCreated(new VerifiedUser("+14155550123", "Ada", "hash"));
        var session = await Start();
        Assert.True(await _user.CheckSession(session.SessionId, session.Version));
        Assert.Equal("hash", (await _user.GetCredentials())!.PasswordHash);
        Assert.NotNull(await _user.RefreshSession(session.SessionId, Token(0), Token(1)));
        Assert.Equal(session.SessionId, Assert.Single((await _user.ListSessions())!.Sessions).Id);

        // The silo of the version before writes the same state, and this one takes the user over again.
        await _cluster.Deactivate(_user);
        await _cluster.WriteFromAnotherActivation<UserSecurity>(_user, "security");
        await _user.EndSession(session.SessionId);
        Assert.False(await IsLive(session));
    }

    private static ImmutableArray<byte> Token(int number) => [.. Enumerable.Repeat((byte)number, 32)];

    private async Task<SessionGrant> Start()
    {
        await _user.EnsureCreated(new VerifiedUser("+14155550123", "Ada", PasswordHash: null));
        return (await _security.StartSession(new NewSession(Guid.CreateVersion7(), Token(0), null)))!;
    }

    private Task<bool> IsLive(SessionGrant session) => _security.CheckSession(session.SessionId, session.Version);
}

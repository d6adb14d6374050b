namespace GeminiChat.Grains.Users;

/// <inheritdoc cref="IUserSecurityGrain"/>
internal sealed partial class UserSecurityGrain(
    [PersistentState("security")] IPersistentState<UserSecurity> security,
    IUserStore store,
    TimeProvider time,
    ILogger<UserSecurityGrain> logger) : Grain, IUserSecurityGrain
{
    /// <summary>Null when the user does not exist.</summary>
    private UserProfile? _profile;

    /// <summary>The latest time of issue of the tokens of another issuer that have come.</summary>
    private DateTimeOffset _lastIssue;

    public override Task OnActivateAsync(CancellationToken cancellationToken) => LoadUser();

    public Task<bool> CheckSession(Guid sessionId, int version) =>
        Task.FromResult(Exists() && security.State.IsSessionValid(sessionId, version, time.GetUtcNow()));

    public Task<bool> CheckExternalToken(DateTimeOffset issuedAt)
    {
        var isValid = Exists() && security.State.IsExternalTokenValid(issuedAt);
        if (isValid && issuedAt > _lastIssue)
        {
            _lastIssue = issuedAt;
        }

        return Task.FromResult(isValid);
    }

    public Task<Credentials?> GetCredentials() => Task.FromResult(
        Exists() ? new Credentials(security.State.PasswordHash, security.State.Version, _profile!.GetVerifiedNumber()) : null);

    public async Task<SessionGrant?> StartSession(NewSession session)
    {
        if (!Exists() || (session.Version is { } seen && seen != security.State.Version))
        {
            return null;
        }

        await Write(security.State.StartSession(session, time.GetUtcNow()));
        return new SessionGrant(session.Id, security.State.Version);
    }

    public async Task<SessionGrant?> RefreshSession(Guid sessionId, ImmutableArray<byte> spent, ImmutableArray<byte> next)
    {
        if (!Exists())
        {
            return null;
        }

        var (state, result) = security.State.RefreshSession(sessionId, spent, next, time.GetUtcNow());
        await Write(state);
        if (result is RefreshResult.Reused)
        {
            Log.Reused(logger, this.GetPrimaryKey(), sessionId);
        }

        return result is RefreshResult.Exchanged ? new SessionGrant(sessionId, state.Version) : null;
    }

    public Task<SessionList?> ListSessions() => Task.FromResult(Exists() ? security.State.ListSessions(time.GetUtcNow()) : null);

    public Task EndSession(Guid sessionId) => Change(state => state.EndSession(sessionId));

    // If the issuer's clock is ahead, the tokens that have come are from before this moment all the same.
    public Task EndAllSessions() => Change(state => state.EndAllSessions(time.GetUtcNow(), lastIssue: _lastIssue));

    public async Task SetFirstPassword(string passwordHash)
    {
        if (_profile is null)
        {
            // The user may have been created since the last read.
            await LoadUser();
        }

        await Change(state => string.IsNullOrEmpty(state.PasswordHash) ? state with { PasswordHash = passwordHash } : state);
    }

    public async Task<bool> ChangePassword(Guid sessionId, string known, string next)
    {
        if (!Exists() || security.State.PasswordHash != known || security.State.FindSession(sessionId) is null)
        {
            return false;
        }

        await Write(security.State.EndAllSessions(time.GetUtcNow(), except: sessionId) with { PasswordHash = next });
        return true;
    }

    public Task ResetPassword(string passwordHash) => Change(state => state.EndAllSessions(time.GetUtcNow()) with { PasswordHash = passwordHash });

    public Task RehashPassword(string known, string next) =>
        Change(state => state.PasswordHash == known ? state with { PasswordHash = next } : state);

    public Task Close()
    {
        _profile = null;
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task Erase()
    {
        await Close();
        if (security.RecordExists)
        {
            await Write(new UserSecurity());
        }
    }

    public async Task Reload()
    {
        await security.ReadStateAsync();
        await LoadUser();
    }

    private async Task LoadUser() => _profile = await store.Load(this.GetPrimaryKey());

    /// <summary>Whether the user exists. For a user that does not exist, nothing is kept in memory.</summary>
    private bool Exists()
    {
        if (_profile is null)
        {
            DeactivateOnIdle();
        }

        return _profile is not null;
    }

    /// <summary>Changes the state. Nothing is stored for a user that does not exist.</summary>
    private Task Change(Func<UserSecurity, UserSecurity> next) =>
        Exists() ? Write(next(security.State)) : Task.CompletedTask;

    /// <summary>
    /// Stores the state. Interleaving reads see the new state before it is durable. An ended session may look ended
    /// slightly too early. No caller knows a new session or token before its call has returned.
    /// </summary>
    private Task Write(UserSecurity state) =>
        ReferenceEquals(security.State, state) ? Task.CompletedTask : this.WriteState(security, state);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A spent refresh token of user {UserId} was used again; session {SessionId} has ended")]
        public static partial void Reused(ILogger logger, Guid userId, Guid sessionId);
    }
}

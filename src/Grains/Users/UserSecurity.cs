using System.Security.Cryptography;

namespace GeminiChat.Grains.Users;

/// <summary>The user's password and sessions, as stored.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.UserSecurity")]
internal sealed record UserSecurity
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(UserSecurity);

    private static readonly TimeSpan SessionLifetime = TimeSpan.FromDays(30);

    /// <summary>The hash that ASP.NET Core's <c>PasswordHasher</c> writes; null when the user has no password.</summary>
    [Id(0)]
    public string? PasswordHash { get; init; }

    /// <summary>Increased by everything that ends all sessions.</summary>
    [Id(1)]
    public int Version { get; init; }

    /// <summary>The sessions, oldest first.</summary>
    [Id(2)]
    public ImmutableArray<UserSession> Sessions { get; init; } = [];

    /// <summary>
    /// When all sessions were last ended; null when they never were. Tokens of other issuers have no session here, so they are judged by
    /// the time of their issue.
    /// </summary>
    [Id(3)]
    public DateTimeOffset? SessionsEndedAt { get; init; }

    /// <summary>
    /// Whether a token that another issuer issued at this time is valid. Issuers give whole seconds: a token of the second in which the
    /// sessions ended is refused.
    /// </summary>
    public bool IsExternalTokenValid(DateTimeOffset issuedAt) => SessionsEndedAt is not { } ended || issuedAt > ended;

    /// <summary>Whether an access token with this session and version is valid.</summary>
    public bool IsSessionValid(Guid sessionId, int version, DateTimeOffset now) =>
        FindSession(sessionId) is { } session && now < session.ExpiresAt && version >= session.Version && version <= Version;

    public UserSecurity StartSession(NewSession session, DateTimeOffset now)
    {
        var others = Sessions.Where(other => now < other.ExpiresAt && other.Id != session.Id).TakeLast(IUserSecurityGrain.MaxSessions - 1);
        var started = new UserSession(session.Id, session.TokenHash, now, now + SessionLifetime, Version, UserAgent: session.UserAgent);
        return this with { Sessions = [.. others, started] };
    }

    /// <summary>
    /// The state after an exchange of a session's refresh token. A token that is not the current one ends the session.
    /// The exception is a repeat of the same exchange: the current token is the one that the token was exchanged for.
    /// </summary>
    public (UserSecurity Next, RefreshResult Result) RefreshSession(
        Guid sessionId, ImmutableArray<byte> spent, ImmutableArray<byte> next, DateTimeOffset now)
    {
        if (FindSession(sessionId) is not { } session || now >= session.ExpiresAt)
        {
            return (EndSession(sessionId), RefreshResult.Ended);
        }

        if (CryptographicOperations.FixedTimeEquals(session.TokenHash.AsSpan(), next.AsSpan()))
        {
            return (this, RefreshResult.Exchanged);
        }

        return CryptographicOperations.FixedTimeEquals(session.TokenHash.AsSpan(), spent.AsSpan())
            ? (this with { Sessions = Sessions.Replace(session, session with { TokenHash = next, LastUsedAt = now }) }, RefreshResult.Exchanged)
            : (EndSession(sessionId), RefreshResult.Reused);
    }

    /// <summary>The active sessions.</summary>
    public SessionList ListSessions(DateTimeOffset now) => new([.. Sessions
        .Where(session => now < session.ExpiresAt)
        .Select(session => new SessionSummary(session.Id, session.CreatedAt, session.LastUsedAt ?? session.CreatedAt, session.UserAgent))
        .OrderByDescending(session => session.LastUsedAt)]);

    /// <summary>The state without a session. It is unchanged when the session has already ended.</summary>
    public UserSecurity EndSession(Guid sessionId) =>
        FindSession(sessionId) is { } session ? this with { Sessions = Sessions.Remove(session) } : this;

    /// <summary>
    /// The state after all sessions but one have ended. That session keeps the version under which it started, because
    /// its access tokens contain this older version and must stay valid.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="except">The session that goes on; null for none.</param>
    /// <param name="lastIssue">Tokens of other issuers up to this time of issue have ended too, if it is later than now.</param>
    public UserSecurity EndAllSessions(DateTimeOffset now, Guid? except = null, DateTimeOffset lastIssue = default) => this with
    {
        Version = Version + 1,
        SessionsEndedAt = lastIssue > now ? lastIssue : now,
        Sessions = except is { } id && FindSession(id) is { } kept ? [kept] : [],
    };

    public UserSession? FindSession(Guid sessionId)
    {
        foreach (var session in Sessions)
        {
            if (session.Id == sessionId)
            {
                return session;
            }
        }

        return null;
    }
}

/// <summary>The result of presenting a refresh token.</summary>
internal enum RefreshResult
{
    /// <summary>The new token has replaced it.</summary>
    Exchanged,

    /// <summary>The session had already ended.</summary>
    Ended,

    /// <summary>The token had been used before. Its session has been ended now.</summary>
    Reused,
}

/// <summary>A session, from sign-in to its end.</summary>
/// <param name="Id">The claim <c>sid</c> of its access tokens.</param>
/// <param name="TokenHash">The SHA-256 of its current refresh token.</param>
/// <param name="CreatedAt">When the session started.</param>
/// <param name="ExpiresAt">The first moment at which the session has expired, whether it was used or not.</param>
/// <param name="Version">The minimum value of the claim <c>ver</c> of its access tokens.</param>
/// <param name="LastUsedAt">When its refresh token was last exchanged; null when it was never exchanged.</param>
/// <param name="UserAgent">See <see cref="NewSession"/>. Also null for sessions of versions that did not store it.</param>
[GenerateSerializer, Immutable, Alias("geminichat.UserSession")]
internal sealed record UserSession(
    [property: Id(0)] Guid Id,
    [property: Id(1)] ImmutableArray<byte> TokenHash,
    [property: Id(2)] DateTimeOffset CreatedAt,
    [property: Id(3)] DateTimeOffset ExpiresAt,
    [property: Id(4)] int Version,
    [property: Id(5)] DateTimeOffset? LastUsedAt = null,
    [property: Id(6)] string? UserAgent = null)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(UserSession);
}

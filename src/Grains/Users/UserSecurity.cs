using System.Security.Cryptography;

namespace GeminiChat.Grains.Users;

/// <summary>What proves a user's identity, as stored.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.UserSecurity")]
internal sealed record UserSecurity
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(UserSecurity);

    private static readonly TimeSpan SessionLifetime = TimeSpan.FromDays(30);

    /// <summary>As ASP.NET Core's <c>PasswordHasher</c> writes it; null when the user has no password.</summary>
    [Id(0)]
    public string? PasswordHash { get; init; }

    /// <summary>Raised by everything that ends sessions at large.</summary>
    [Id(1)]
    public int Version { get; init; }

    /// <summary>The oldest first.</summary>
    [Id(2)]
    public ImmutableArray<UserSession> Sessions { get; init; } = [];

    /// <summary>Whether an access token that names this session and version is good.</summary>
    public bool IsSessionValid(Guid sessionId, int version, DateTimeOffset now) =>
        FindSession(sessionId) is { } session && now < session.ExpiresAt && version >= session.Version && version <= Version;

    public UserSecurity StartSession(NewSession session, DateTimeOffset now)
    {
        var others = Sessions.Where(other => now < other.ExpiresAt && other.Id != session.Id).TakeLast(IUserSecurityGrain.MaxSessions - 1);
        var started = new UserSession(session.Id, session.TokenHash, now, now + SessionLifetime, Version);
        return this with { Sessions = [.. others, started] };
    }

    /// <summary>
    /// After an exchange of a session's refresh token. A token that is not the current one ends the session, unless the
    /// current one is what it was exchanged for: then this is the same exchange once more.
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

    /// <summary>The sessions that go on.</summary>
    public SessionList ListSessions(DateTimeOffset now) => new([.. Sessions
        .Where(session => now < session.ExpiresAt)
        .Select(session => new SessionSummary(session.Id, session.CreatedAt, session.LastUsedAt ?? session.CreatedAt))
        .OrderByDescending(session => session.LastUsedAt)]);

    /// <summary>The same when the session has ended before.</summary>
    public UserSecurity EndSession(Guid sessionId) =>
        FindSession(sessionId) is { } session ? this with { Sessions = Sessions.Remove(session) } : this;

    /// <summary>
    /// With all sessions ended but one. That one keeps the version it started under, so that its access tokens stay
    /// good: they carry the older one.
    /// </summary>
    public UserSecurity EndAllSessions(Guid? except = null) => this with
    {
        Version = Version + 1,
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

/// <summary>What came of a refresh token.</summary>
internal enum RefreshResult
{
    /// <summary>The other one is in its place.</summary>
    Exchanged,

    /// <summary>Its session had ended.</summary>
    Ended,

    /// <summary>It had been spent; its session has ended now.</summary>
    Reused,
}

/// <summary>A sign-in, and what follows from it until it ends.</summary>
/// <param name="Id">The claim <c>sid</c> of its access tokens.</param>
/// <param name="TokenHash">The SHA-256 of its one refresh token that is not spent.</param>
/// <param name="CreatedAt">When it started.</param>
/// <param name="ExpiresAt">The first moment at which it is over, used or not.</param>
/// <param name="Version">The least that the claim <c>ver</c> of its access tokens may be.</param>
/// <param name="LastUsedAt">When its refresh token was last exchanged; null when it has not been.</param>
[GenerateSerializer, Immutable, Alias("geminichat.UserSession")]
internal sealed record UserSession(
    [property: Id(0)] Guid Id,
    [property: Id(1)] ImmutableArray<byte> TokenHash,
    [property: Id(2)] DateTimeOffset CreatedAt,
    [property: Id(3)] DateTimeOffset ExpiresAt,
    [property: Id(4)] int Version,
    [property: Id(5)] DateTimeOffset? LastUsedAt = null)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(UserSession);
}

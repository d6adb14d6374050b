using System.Security.Claims;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// The user of an access token: with the session of one of our tokens, or with the times of another issuer's token. It keeps when
/// that was last checked.
/// </summary>
/// <remarks>
/// <see cref="ValidatedTokenCache"/> keeps it with the token, so all requests with one token share one check of its session.
/// </remarks>
internal sealed class UserPrincipal(Guid userId, Guid sessionId, int version, DateTimeOffset expiresAt)
    : ClaimsPrincipal(new ClaimsIdentity(authenticationType: "Bearer"))
{
    private long _checkedAt;

    public UserPrincipal(Guid userId, ExternalToken token, DateTimeOffset expiresAt)
        : this(userId, sessionId: Guid.Empty, version: 0, expiresAt) => External = token;

    /// <summary>The token if another issuer issued it; then there is no session here. Else null.</summary>
    public ExternalToken? External { get; }

    public Guid UserId => userId;

    public Guid SessionId => sessionId;

    public int Version => version;

    /// <summary>When the token is no longer accepted.</summary>
    public DateTimeOffset ExpiresAt => expiresAt;

    /// <summary>When the session was last found live, in ticks; zero if it must be checked again.</summary>
    public long SessionCheckedAt
    {
        get => Volatile.Read(ref _checkedAt);
        set => Volatile.Write(ref _checkedAt, value);
    }
}

/// <summary>The times of a token of another issuer.</summary>
/// <param name="IssuedAt">When the issuer issued it.</param>
/// <param name="AuthenticatedAt">When the person last signed in there, as far as the token says.</param>
internal sealed record ExternalToken(DateTimeOffset IssuedAt, DateTimeOffset AuthenticatedAt);

/// <summary>The user and session of the request's access token, as a parameter of handlers.</summary>
internal readonly record struct Caller(UserPrincipal Principal)
{
    public Guid UserId => Principal.UserId;

    /// <summary>A signed-in user is on a known device: the session identifies it.</summary>
    public KnownDevice Device => new(Principal.UserId, Principal.SessionId);

    public static ValueTask<Caller> BindAsync(HttpContext context) =>
        ValueTask.FromResult(new Caller(context.User as UserPrincipal
            ?? throw new InvalidOperationException("This route asks for no token, so it has no caller.")));
}

using System.Security.Claims;

namespace GeminiChat.Gateway.Auth;

/// <summary>Who an access token was issued to, and when its session was last seen to go on.</summary>
/// <remarks>
/// It lives with the token in <see cref="KnownTokens"/>, so that all requests with one token share one answer about its
/// session.
/// </remarks>
internal sealed class SignedIn(Guid userId, Guid sessionId, int version, DateTimeOffset expiresAt)
    : ClaimsPrincipal(new ClaimsIdentity(authenticationType: "Bearer"))
{
    private long _checkedAt;

    public Guid UserId => userId;

    public Guid SessionId => sessionId;

    public int Version => version;

    /// <summary>When the token is not taken any more.</summary>
    public DateTimeOffset ExpiresAt => expiresAt;

    /// <summary>When the session was last seen to go on, in ticks; zero when it has to be looked at anew.</summary>
    public long CheckedAt
    {
        get => Volatile.Read(ref _checkedAt);
        set => Volatile.Write(ref _checkedAt, value);
    }
}

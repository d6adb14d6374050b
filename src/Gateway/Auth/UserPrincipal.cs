using System.Security.Claims;

namespace GeminiChat.Gateway.Auth;

/// <summary>Who an access token was issued to, and when its session was last seen to go on.</summary>
/// <remarks>
/// It lives with the token in <see cref="ValidatedTokenCache"/>, so that all requests with one token share one answer about its
/// session.
/// </remarks>
internal sealed class UserPrincipal(Guid userId, Guid sessionId, int version, DateTimeOffset expiresAt)
    : ClaimsPrincipal(new ClaimsIdentity(authenticationType: "Bearer"))
{
    private long _checkedAt;

    public Guid UserId => userId;

    public Guid SessionId => sessionId;

    public int Version => version;

    /// <summary>When the token is not taken any more.</summary>
    public DateTimeOffset ExpiresAt => expiresAt;

    /// <summary>When the session was last seen to go on, in ticks; zero when it has to be looked at anew.</summary>
    public long SessionCheckedAt
    {
        get => Volatile.Read(ref _checkedAt);
        set => Volatile.Write(ref _checkedAt, value);
    }
}

/// <summary>The user and the session that the access token was issued to.</summary>
internal readonly record struct Caller(UserPrincipal Principal)
{
    public Guid UserId => Principal.UserId;

    /// <summary>Who is signed in is at a device that is known by this very session.</summary>
    public KnownDevice Device => new(Principal.UserId, Principal.SessionId);

    public static ValueTask<Caller> BindAsync(HttpContext context) =>
        ValueTask.FromResult(new Caller(context.User as UserPrincipal
            ?? throw new InvalidOperationException("This route asks for no token, so it has no caller.")));
}

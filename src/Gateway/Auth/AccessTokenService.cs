using System.Globalization;
using System.Security.Claims;
using GeminiChat.Gateway.Settings;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace GeminiChat.Gateway.Auth;

/// <summary>Signs access tokens: JWTs of the type that RFC 9068 defines.</summary>
internal sealed class AccessTokenService(AccessTokenKeys keys, IOptions<TokenOptions> options, TimeProvider time)
{
    public const string Issuer = "geminichat";
    public const string Audience = "geminichat";
    public const string Type = "at+jwt";

    private const string SessionClaim = "sid";

    /// <summary>See <see cref="SessionGrant"/>.</summary>
    private const string VersionClaim = "ver";

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly TimeSpan _lifetime = TimeSpan.FromMinutes(options.Value.LifetimeMinutes);

    /// <summary>The lifetime of a token, in seconds.</summary>
    public int ExpiresIn => (int)_lifetime.TotalSeconds;

    /// <summary>Signs a token.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="session">The session.</param>
    /// <param name="lifetime">Null for that of <see cref="ExpiresIn"/>.</param>
    public string Issue(Guid userId, SessionGrant session, TimeSpan? lifetime = null)
    {
        var now = time.GetUtcNow();
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            TokenType = Type,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + (lifetime ?? _lifetime)).UtcDateTime,
            SigningCredentials = keys.SigningCredentials,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                [JwtRegisteredClaimNames.Sub] = userId.ToString("D"),
                [SessionClaim] = session.SessionId.ToString("D"),
                [VersionClaim] = session.Version,
                [JwtRegisteredClaimNames.Jti] = Guid.CreateVersion7(now).ToString("N"),
            },
        });
    }

    /// <summary>The user and session of a valid token; null if a claim is missing or malformed.</summary>
    /// <param name="token">The claims of the token.</param>
    /// <param name="expiresAt">When the token is no longer accepted.</param>
    public static UserPrincipal? ReadPrincipal(ClaimsPrincipal token, DateTimeOffset expiresAt) =>
        Guid.TryParseExact(token.FindFirst(JwtRegisteredClaimNames.Sub)?.Value, "D", out var user)
        && Guid.TryParseExact(token.FindFirst(SessionClaim)?.Value, "D", out var session)
        && int.TryParse(token.FindFirst(VersionClaim)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? new UserPrincipal(user, session, version, expiresAt)
            : null;
}

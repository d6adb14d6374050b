using GeminiChat.Gateway.Settings;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace GeminiChat.Gateway.Auth;

/// <summary>Signs access tokens: JWTs of the type that RFC 9068 gives them.</summary>
internal sealed class AccessTokens(IOptions<TokenOptions> options, TimeProvider time)
{
    public const string Issuer = "geminichat";
    public const string Audience = "geminichat";
    public const string Type = "at+jwt";

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly SigningCredentials _credentials =
        new(new SymmetricSecurityKey(options.Value.Key), SecurityAlgorithms.HmacSha256);

    private readonly TimeSpan _lifetime = options.Value.Lifetime ?? TimeSpan.Zero;

    public TokenResponse Issue(Guid userId)
    {
        var now = time.GetUtcNow();
        var token = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            TokenType = Type,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + _lifetime).UtcDateTime,
            SigningCredentials = _credentials,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                [JwtRegisteredClaimNames.Sub] = userId.ToString("D"),
                [JwtRegisteredClaimNames.Jti] = Guid.CreateVersion7(now).ToString("N"),
            },
        });
        return new TokenResponse(token, "bearer", (int)_lifetime.TotalSeconds);
    }
}

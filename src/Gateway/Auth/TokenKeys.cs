using GeminiChat.Gateway.Settings;
using Microsoft.IdentityModel.Tokens;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// The keys of access tokens: one signs, several are accepted, so that keys can be rolled. All are of one algorithm, and
/// none ever comes from a token's header.
/// </summary>
internal sealed class TokenKeys
{
    public TokenKeys(IOptions<TokenOptions> options)
    {
        var settings = options.Value;
        Algorithm = settings.Algorithm;
        Accepted = Algorithm is SecurityAlgorithms.HmacSha256
            ? [.. settings.Secrets.Select(secret => KeyFiles.Named(new SymmetricSecurityKey(secret)))]
            : [KeyFiles.Private(settings), .. KeyFiles.Public(settings)];
        Signing = new SigningCredentials(Accepted[0], Algorithm);
    }

    /// <summary>RFC 7518 3.1.</summary>
    public string Algorithm { get; }

    public SigningCredentials Signing { get; }

    public IReadOnlyList<SecurityKey> Accepted { get; }
}

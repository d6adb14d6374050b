using GeminiChat.Gateway.Settings;
using Microsoft.IdentityModel.Tokens;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// The keys of access tokens: one signs, several are accepted, so that keys can be rolled. All are of one algorithm, and
/// none ever comes from a token's header.
/// </summary>
internal sealed class AccessTokenKeys
{
    public AccessTokenKeys(IOptions<TokenOptions> options)
    {
        var settings = options.Value;
        Algorithm = settings.Algorithm;
        ValidationKeys = Algorithm is SecurityAlgorithms.HmacSha256
            ? [.. settings.Secrets.Select(secret => SigningKeyFiles.WithKeyId(new SymmetricSecurityKey(secret)))]
            : [SigningKeyFiles.ReadPrivateKey(settings), .. SigningKeyFiles.ReadPublicKeys(settings)];
        SigningCredentials = new SigningCredentials(ValidationKeys[0], Algorithm);
    }

    /// <summary>RFC 7518 3.1.</summary>
    public string Algorithm { get; }

    public SigningCredentials SigningCredentials { get; }

    public IReadOnlyList<SecurityKey> ValidationKeys { get; }
}

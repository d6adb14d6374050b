using GeminiChat.Gateway.Settings;
using Microsoft.IdentityModel.Tokens;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// The keys of access tokens. One key signs; several are accepted, so that keys can be rotated. All use one algorithm, and no
/// key is read from the header of a token.
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

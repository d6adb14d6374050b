using GeminiChat.Gateway.Settings;
using GeminiChat.GrainInterfaces.Numbers;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace GeminiChat.Gateway.Auth;

/// <summary>What counts of another issuer's token. Issuers differ in how they name the audience, and in what else they issue.</summary>
/// <param name="Subject">The claim <c>sub</c>.</param>
/// <param name="IssuedAt">The claim <c>iat</c>.</param>
/// <param name="AuthenticatedAt">The claim <c>auth_time</c>: when the person last signed in. Without it, <c>iat</c>.</param>
/// <param name="Name">A name to show, or null. It proves nothing.</param>
/// <param name="MobileNumber">E.164, or null. It proves nothing.</param>
internal sealed record ExternalTokenClaims(
    string Subject, DateTimeOffset IssuedAt, DateTimeOffset AuthenticatedAt, string? Name, string? MobileNumber)
{
    public const int MaxSubjectLength = 255;

    /// <summary>Asymmetric only: with HMAC, everybody who knows the public key could sign.</summary>
    public static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    /// <summary>
    /// Whether the header can be that of an access token, before any key is fetched for it. Firebase has only ID tokens, whose type is
    /// JWT too; a logout token or a security event has a type of its own.
    /// </summary>
    public static bool IsHeaderAccepted(JsonWebToken token) =>
        !string.IsNullOrEmpty(token.Kid) && Algorithms.Contains(token.Alg, StringComparer.Ordinal)
        && (string.IsNullOrEmpty(token.Typ) || token.Typ.ToUpperInvariant() is "JWT" or "AT+JWT" or "APPLICATION/AT+JWT");

    /// <summary>Reads a token whose signature and lifetime are valid; null if it is for somebody else or names nobody.</summary>
    /// <param name="token">The token.</param>
    /// <param name="issuer">Its issuer.</param>
    /// <param name="latestIssue">Later than this, no token can have been issued.</param>
    public static ExternalTokenClaims? Read(JsonWebToken token, ExternalIssuer issuer, DateTimeOffset latestIssue)
    {
        if (!IsForUs(token, issuer) || token.Subject is not { Length: > 0 and <= MaxSubjectLength } subject || token.IssuedAt == DateTime.MinValue)
        {
            return null;
        }

        var issuedAt = new DateTimeOffset(token.IssuedAt, TimeSpan.Zero);
        if (issuedAt > latestIssue)
        {
            // It would outlive the end of all sessions.
            return null;
        }

        var signedIn = token.TryGetPayloadValue<long>("auth_time", out var seconds) && seconds is >= 0 and <= 253_402_300_799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : issuedAt;
        return new ExternalTokenClaims(subject, issuedAt, signedIn, ReadName(token), ReadNumber(token));
    }

    /// <summary>
    /// The audience is <c>aud</c>. Access tokens of Cognito and Clerk have none: Cognito has <c>client_id</c>, and <c>token_use</c> tells
    /// them from ID tokens. Clerk has <c>azp</c>, the origin of the page.
    /// </summary>
    private static bool IsForUs(JsonWebToken token, ExternalIssuer issuer)
    {
        if (Text(token, "token_use") is { } use && use != "access")
        {
            return false;
        }

        string?[] audiences = token.Audiences.Any() ? [.. token.Audiences] : [Text(token, "client_id"), Text(token, "azp")];
        return audiences.Any(audience => audience is not null && issuer.Audiences.Contains(audience, StringComparer.Ordinal));
    }

    private static string? ReadName(JsonWebToken token) =>
        Text(token, "name") is { Length: > 0 and <= SizeLimits.MaxNameLength } name && VisibleText.HasVisibleCharacter(name)
            ? VisibleText.WithoutBidi(name)
            : null;

    private static string? ReadNumber(JsonWebToken token) =>
        Text(token, "phone_number") is { Length: > 0 and <= 32 } number ? E164.ParseOrNull(number, region: null) : null;

    private static string? Text(JsonWebToken token, string claim) => token.TryGetPayloadValue<string>(claim, out var text) ? text : null;
}

using System.ComponentModel.DataAnnotations;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Gateway.Settings;

/// <summary>
/// The issuers whose access tokens are accepted beside our own: <c>OIDC_ISSUER</c> and <c>OIDC_AUDIENCE</c>, then <c>OIDC_ISSUER_2</c>
/// and <c>OIDC_AUDIENCE_2</c>, up to 9.
/// </summary>
internal sealed class ExternalIssuerOptions : IValidatableObject
{
    private const string IssuerSetting = "OIDC_ISSUER";
    private const string AudienceSetting = "OIDC_AUDIENCE";

    private readonly List<string> _flaws = [];

    /// <summary>By their address without a slash at the end.</summary>
    public IReadOnlyDictionary<string, ExternalIssuer> Issuers { get; private set; } = new Dictionary<string, ExternalIssuer>(StringComparer.Ordinal);

    /// <summary>Whether keys may be fetched without TLS. That is so in Development.</summary>
    public bool AllowsHttp { get; private set; }

    /// <summary>Finds an issuer by the claim <c>iss</c>. Some issuers write it with a slash at the end.</summary>
    public ExternalIssuer? Find(string? issuer) => issuer is null ? null : Issuers.GetValueOrDefault(ExternalIssuer.WithoutSlash(issuer));

    public static void Read(ExternalIssuerOptions options, IConfiguration settings, IHostEnvironment environment)
    {
        options.AllowsHttp = environment.IsDevelopment();
        var issuers = new Dictionary<string, ExternalIssuer>(StringComparer.Ordinal);
        for (var number = 1; number <= SettingText.MaxNumbered; number++)
        {
            var (issuerName, audienceName) = (SettingText.Numbered(IssuerSetting, number), SettingText.Numbered(AudienceSetting, number));
            var (issuer, audiences) = (settings[issuerName]?.Trim() ?? "", SettingText.List(settings[audienceName]));
            if (issuer.Length == 0 && audiences is [])
            {
                continue;
            }

            if (!options.IsAddress(issuer))
            {
                options._flaws.Add($"{issuerName} must be the https address of an issuer, such as https://example.eu.auth0.com/; "
                    + "http is for Development only.");
            }
            else if (audiences is [])
            {
                options._flaws.Add($"{audienceName} is not set; {issuerName} needs it: else tokens for other services would be accepted.");
            }
            else if (!issuers.TryAdd(ExternalIssuer.WithoutSlash(issuer), new ExternalIssuer(ExternalIssuer.WithoutSlash(issuer), [.. audiences])))
            {
                options._flaws.Add($"{issuerName} names an issuer a second time.");
            }
        }

        options.Issuers = issuers;
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => _flaws.Select(flaw => new ValidationResult(flaw));

    private bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (AllowsHttp && uri.Scheme == Uri.UriSchemeHttp))
        && uri is { Host.Length: > 0, Query: "", Fragment: "", UserInfo: "" };
}

/// <summary>An issuer of access tokens.</summary>
/// <param name="Url">The claim <c>iss</c> without a slash at the end. It is also the name of the authentication scheme.</param>
/// <param name="Audiences">For whom a token must be: one of these.</param>
internal sealed record ExternalIssuer(string Url, ImmutableArray<string> Audiences)
{
    /// <summary>OpenID Connect Discovery 1.0, 4.</summary>
    public string DiscoveryUrl => $"{Url}/.well-known/openid-configuration";

    public static string WithoutSlash(string issuer) => issuer.EndsWith('/') ? issuer[..^1] : issuer;
}

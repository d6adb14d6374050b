using System.ComponentModel.DataAnnotations;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Gateway.Settings;

/// <summary>The origins whose pages may call this API from a browser.</summary>
internal sealed class CorsOriginOptions : IValidatableObject
{
    private const string Https = "https://";
    private const string AnySubdomain = Https + "*.";

    private string[] _exact = [];
    private string[] _domains = [];

    /// <summary>Origins, comma-separated: exact ones, or <c>https://*.example.com</c> for all subdomains.</summary>
    [ConfigurationKeyName("CORS_ORIGINS")]
    public string? Origins
    {
        get;
        set
        {
            field = value;
            var isWildcard = SettingText.List(value).ToLookup(IsWildcard, Normalize);
            _exact = [.. isWildcard[false]];
            _domains = [.. isWildcard[true].Select(static origin => "." + origin[Https.Length..])];
        }
    }

    /// <summary>Whether pages at any port of this machine may call the API, too. That is so in Development.</summary>
    public bool AllowsLoopback { get; set; }

    /// <summary>Whether any origin is allowed.</summary>
    public bool AllowsAny => AllowsLoopback || _exact.Length > 0 || _domains.Length > 0;

    public static void SetDefault(CorsOriginOptions options, IHostEnvironment environment) =>
        options.AllowsLoopback = environment.IsDevelopment();

    /// <summary>
    /// Whether pages of this origin may read answers. The origin <c>null</c>, of files and sandboxed frames, is nobody's and never
    /// allowed.
    /// </summary>
    public bool IsAllowed(string origin) =>
        _exact.Contains(origin, StringComparer.Ordinal)
        || (SettingText.IsOrigin(origin) && (IsSubdomain(origin) || (AllowsLoopback && new Uri(origin).IsLoopback)));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!SettingText.List(Origins).All(IsValid))
        {
            yield return new("CORS_ORIGINS must be origins such as https://app.example.com or https://*.example.com, comma-separated.");
        }
    }

    private static bool IsWildcard(string origin) => origin.StartsWith(AnySubdomain, StringComparison.OrdinalIgnoreCase);

    private static string WithoutWildcard(string origin) => IsWildcard(origin) ? Https + origin[AnySubdomain.Length..] : origin;

    // The domain of a wildcard needs a dot: https://*.com would allow everybody.
    private static bool IsValid(string origin) =>
        SettingText.IsOrigin(WithoutWildcard(origin)) && !WithoutWildcard(origin).Contains('*', StringComparison.Ordinal)
        && (!IsWildcard(origin) || new Uri(WithoutWildcard(origin)).Host.Contains('.', StringComparison.Ordinal));

    /// <summary>As browsers write it: in lower case, without a default port and without a slash at the end.</summary>
    private static string Normalize(string origin) =>
        Uri.TryCreate(WithoutWildcard(origin), UriKind.Absolute, out var uri) ? uri.GetLeftPart(UriPartial.Authority) : "";

    private bool IsSubdomain(string origin) => origin.StartsWith(Https, StringComparison.Ordinal)
        && Array.Exists(_domains, domain => origin.Length > Https.Length + domain.Length && origin.EndsWith(domain, StringComparison.Ordinal));
}

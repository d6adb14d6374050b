using System.ComponentModel.DataAnnotations;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Silo.Webhooks;

/// <summary>
/// Who receives webhooks: up to nine receivers, with the settings <c>WEBHOOK_URL</c> and <c>WEBHOOK_SECRET</c>,
/// <c>WEBHOOK_URL_2</c> and <c>WEBHOOK_SECRET_2</c>, and so on.
/// </summary>
internal sealed class WebhookDeliveryOptions : IValidatableObject
{
    public const int MaxEndpoints = SettingText.MaxNumbered;

    private const string UrlSetting = "WEBHOOK_URL";
    private const string SecretSetting = "WEBHOOK_SECRET";
    private const string SecretPrefix = "whsec_";
    private const int MinKeyBytes = 24;
    private const int MaxKeyBytes = 64;

    private readonly List<(int Number, string? Url, string? Secret)> _settings = [];

    /// <summary>The receivers that are configured. Only after a validation.</summary>
    public ImmutableArray<WebhookEndpoint> Endpoints =>
        [.. _settings.Select(one => new WebhookEndpoint(one.Number, new Uri(one.Url!), ReadKeys(one.Secret!)!.Value))];

    public static void Read(WebhookDeliveryOptions options, IConfiguration settings)
    {
        for (var number = 1; number <= MaxEndpoints; number++)
        {
            var (url, secret) = (TextOrNull(settings[SettingText.Numbered(UrlSetting, number)]), TextOrNull(settings[SettingText.Numbered(SecretSetting, number)]));
            if (url is not null || secret is not null)
            {
                options._settings.Add((number, url, secret));
            }
        }
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (number, url, secret) in _settings)
        {
            var (urlName, secretName) = (SettingText.Numbered(UrlSetting, number), SettingText.Numbered(SecretSetting, number));
            if (url is null)
            {
                yield return new($"{urlName} is not set; {secretName} is for it.");
            }
            else if (!IsAddress(url))
            {
                yield return new($"{urlName} must be an http or https address without user and password, like https://example.org/webhooks.");
            }

            if (secret is null)
            {
                yield return new($"{secretName} is not set; {urlName} needs it. To create one: echo {SecretPrefix}$(openssl rand -base64 32)");
            }
            else if (ReadKeys(secret) is null)
            {
                yield return new(
                    $"{secretName} must be {SecretPrefix} and {MinKeyBytes} to {MaxKeyBytes} random bytes in Base64, or two of these, comma-separated, during a rotation.");
            }
        }
    }

    private static string? TextOrNull(string? setting) => string.IsNullOrWhiteSpace(setting) ? null : setting.Trim();

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
        && url is { Host.Length: > 0, UserInfo: "" };

    private static ImmutableArray<byte[]>? ReadKeys(string setting)
    {
        var keys = Array.ConvertAll(setting.Split(',', StringSplitOptions.TrimEntries), ReadKey);
        return keys.Length is 1 or 2 && Array.TrueForAll(keys, key => key is not null) ? [.. keys!] : null;
    }

    private static byte[]? ReadKey(string secret)
    {
        Span<byte> key = stackalloc byte[MaxKeyBytes];
        return secret.StartsWith(SecretPrefix, StringComparison.Ordinal)
            && Convert.TryFromBase64Chars(secret.AsSpan(SecretPrefix.Length), key, out var length)
            && length >= MinKeyBytes
                ? key[..length].ToArray()
                : null;
    }
}

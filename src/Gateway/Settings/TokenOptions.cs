using System.ComponentModel.DataAnnotations;
using System.Text;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Gateway.Settings;

/// <summary>Settings for access tokens.</summary>
internal sealed class TokenOptions : IValidatableObject
{
    [ConfigurationKeyName("SECRET_KEY")]
    public string? SecretKey { get; set; }

    /// <summary>Older secrets, comma-separated, whose signatures are still accepted.</summary>
    [ConfigurationKeyName("SECRET_KEY_PREVIOUS")]
    public string? PreviousSecretKeys { get; set; }

    /// <summary>RFC 7518 3.1.</summary>
    [ConfigurationKeyName("ALGORITHM")]
    public string Algorithm { get; set; } = "HS256";

    /// <summary>A PEM file, to sign with RS256 or ES256.</summary>
    [ConfigurationKeyName("JWT_PRIVATE_KEY_FILE")]
    public string? PrivateKeyFile { get; set; }

    /// <summary>PEM files, comma-separated, with more keys whose signatures are accepted.</summary>
    [ConfigurationKeyName("JWT_PUBLIC_KEY_FILES")]
    public string? PublicKeyFiles { get; set; }

    [ConfigurationKeyName("ACCESS_TOKEN_EXPIRE_MINUTES")]
    [Range(1, 525_600, ErrorMessage = "ACCESS_TOKEN_EXPIRE_MINUTES must be a whole number from {1} to {2}.")]
    public int LifetimeMinutes { get; set; } = 30;

    /// <summary>The current secret first, then the older ones.</summary>
    public IReadOnlyList<byte[]> Secrets =>
        [Encoding.UTF8.GetBytes(SecretKey ?? ""), .. SettingText.List(PreviousSecretKeys).Select(Encoding.UTF8.GetBytes)];

    /// <summary>The messages never repeat a secret.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ServiceDefaults.Settings.SecretKey.Validate(SecretKey) is { } tooWeak)
        {
            yield return new(tooWeak);
        }

        if (Secrets.Skip(1).Any(secret => secret.Length < ServiceDefaults.Settings.SecretKey.MinBytes))
        {
            yield return new($"SECRET_KEY_PREVIOUS holds one under {ServiceDefaults.Settings.SecretKey.MinBytes} bytes.");
        }

        if (SigningKeyFiles.Validate(this) is { } wrongKeys)
        {
            yield return new(wrongKeys);
        }
    }
}

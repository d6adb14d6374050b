using System.Globalization;
using System.Text;
using GeminiChat.ServiceDefaults.Settings;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Settings;

/// <summary>How access tokens are signed and how long they live.</summary>
internal sealed class TokenOptions
{
    private const string DefaultMinutes = "30";

    [ConfigurationKeyName("SECRET_KEY")]
    public string? SecretKey { get; set; }

    /// <summary>Secrets that were in use before, comma-separated: what they signed is still accepted.</summary>
    [ConfigurationKeyName("SECRET_KEY_PREVIOUS")]
    public string? PreviousSecretKeys { get; set; }

    [ConfigurationKeyName("ALGORITHM")]
    public string? AlgorithmName { get; set; }

    /// <summary>A PEM file, to sign with RS256 or ES256.</summary>
    [ConfigurationKeyName("JWT_PRIVATE_KEY_FILE")]
    public string? PrivateKeyFile { get; set; }

    /// <summary>PEM files, comma-separated, whose signatures are accepted besides.</summary>
    [ConfigurationKeyName("JWT_PUBLIC_KEY_FILES")]
    public string? PublicKeyFiles { get; set; }

    [ConfigurationKeyName("ACCESS_TOKEN_EXPIRE_MINUTES")]
    public string? Minutes { get; set; }

    /// <summary>RFC 7518 3.1.</summary>
    public string Algorithm => Or(AlgorithmName, "HS256");

    /// <summary>The secret's bytes, and after it those of the ones before it.</summary>
    public IReadOnlyList<byte[]> Secrets =>
        [Encoding.UTF8.GetBytes(SecretKey ?? ""), .. Words.Of(PreviousSecretKeys).Select(Encoding.UTF8.GetBytes)];

    /// <summary>How long a token is valid; null when the setting is not a whole number of minutes, up to a year.</summary>
    public TimeSpan? Lifetime =>
        int.TryParse(Or(Minutes, DefaultMinutes), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
        && minutes is >= 1 and <= 525_600
            ? TimeSpan.FromMinutes(minutes)
            : null;

    // An environment often passes settings on as empty text.
    private static string Or(string? value, string otherwise) => string.IsNullOrWhiteSpace(value) ? otherwise : value;
}

/// <summary>One line for each setting that is wrong. Never its value.</summary>
internal sealed class TokenOptionsCheck : IValidateOptions<TokenOptions>
{
    public ValidateOptionsResult Validate(string? name, TokenOptions options)
    {
        var wrong = new List<string>();
        if (SecretKey.Flaw(options.SecretKey) is { } tooWeak)
        {
            wrong.Add(tooWeak);
        }

        if (options.Secrets.Skip(1).Any(secret => secret.Length < SecretKey.MinBytes))
        {
            wrong.Add($"SECRET_KEY_PREVIOUS holds one under {SecretKey.MinBytes} bytes.");
        }

        if (KeyFiles.Flaw(options) is { } flaw)
        {
            wrong.Add(flaw);
        }

        if (options.Lifetime is null)
        {
            wrong.Add("ACCESS_TOKEN_EXPIRE_MINUTES must be a whole number from 1 to 525600.");
        }

        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}

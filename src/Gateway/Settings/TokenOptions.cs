using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Settings;

/// <summary>How access tokens are signed and how long they live.</summary>
internal sealed class TokenOptions
{
    /// <summary>The only algorithm there is, RFC 7518 3.2.</summary>
    public const string Hs256 = "HS256";

    /// <summary>RFC 7518 3.2: a key as long as the hash.</summary>
    public const int MinKeyBytes = 32;

    private const string DefaultMinutes = "30";

    [ConfigurationKeyName(SecretKeyFile.Setting)]
    public string? SecretKey { get; set; }

    [ConfigurationKeyName("ALGORITHM")]
    public string? Algorithm { get; set; }

    [ConfigurationKeyName("ACCESS_TOKEN_EXPIRE_MINUTES")]
    public string? Minutes { get; set; }

    /// <summary>The signing key's bytes.</summary>
    public byte[] Key => Encoding.UTF8.GetBytes(SecretKey ?? "");

    /// <summary>How long a token is valid; null when the setting is not a whole number of minutes, up to a year.</summary>
    public TimeSpan? Lifetime =>
        int.TryParse(Or(Minutes, DefaultMinutes), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
        && minutes is >= 1 and <= 525_600
            ? TimeSpan.FromMinutes(minutes)
            : null;

    public bool IsHs256 => string.Equals(Or(Algorithm, Hs256), Hs256, StringComparison.Ordinal);

    // An environment often passes settings on as empty text.
    private static string Or(string? value, string otherwise) => string.IsNullOrWhiteSpace(value) ? otherwise : value;
}

/// <summary>One line for each setting that is wrong. Never its value.</summary>
internal sealed class TokenOptionsCheck : IValidateOptions<TokenOptions>
{
    public ValidateOptionsResult Validate(string? name, TokenOptions options)
    {
        var wrong = new List<string>();
        if (string.IsNullOrWhiteSpace(options.SecretKey))
        {
            wrong.Add($"SECRET_KEY is not set. Set it to at least {TokenOptions.MinKeyBytes} random bytes.");
        }
        else if (options.Key.Length < TokenOptions.MinKeyBytes)
        {
            wrong.Add($"SECRET_KEY has {options.Key.Length} bytes; it must have at least {TokenOptions.MinKeyBytes}.");
        }

        if (!options.IsHs256)
        {
            wrong.Add($"ALGORITHM must be {TokenOptions.Hs256}; no other is supported.");
        }

        if (options.Lifetime is null)
        {
            wrong.Add("ACCESS_TOKEN_EXPIRE_MINUTES must be a whole number from 1 to 525600.");
        }

        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}

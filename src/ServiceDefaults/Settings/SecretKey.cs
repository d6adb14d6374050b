using System.Text;

namespace GeminiChat.ServiceDefaults.Settings;

/// <summary>The secret <c>SECRET_KEY</c>, which silos and gateways share.</summary>
internal static class SecretKey
{
    public const string Setting = "SECRET_KEY";

    /// <summary>RFC 7518 3.2: a key as long as the hash.</summary>
    public const int MinBytes = 32;

    /// <summary>What is wrong with a value of the setting; null when nothing is. Never repeats it.</summary>
    public static string? Validate(string? secret) =>
        string.IsNullOrWhiteSpace(secret) ? $"{Setting} is not set. Set it to at least {MinBytes} random bytes."
        : Encoding.UTF8.GetByteCount(secret) is var bytes and < MinBytes ? $"{Setting} has {bytes} bytes; it must have at least {MinBytes}."
        : null;
}

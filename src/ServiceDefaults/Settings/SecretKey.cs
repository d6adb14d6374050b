using System.Text;

namespace GeminiChat.ServiceDefaults.Settings;

/// <summary>The setting <c>SECRET_KEY</c>, which is the same on silos and gateways.</summary>
internal static class SecretKey
{
    public const string Setting = "SECRET_KEY";

    /// <summary>RFC 7518 3.2: the key must be as long as the hash.</summary>
    public const int MinBytes = 32;

    /// <summary>The error of a value, without the value itself; null when it is valid.</summary>
    public static string? Validate(string? secret) =>
        string.IsNullOrWhiteSpace(secret) ? $"{Setting} is not set. Set it to at least {MinBytes} random bytes."
        : Encoding.UTF8.GetByteCount(secret) is var bytes and < MinBytes ? $"{Setting} has {bytes} bytes; it must have at least {MinBytes}."
        : null;
}

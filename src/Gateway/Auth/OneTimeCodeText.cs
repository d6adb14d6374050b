namespace GeminiChat.Gateway.Auth;

/// <summary>One-time codes as people type them.</summary>
internal static class OneTimeCodeText
{
    private const int Length = 6;

    /// <summary>What is wrong with the field <c>otp_code</c>; null when nothing is.</summary>
    public static string? Flaw(string? text) => text is null ? "otp_code is required." : null;

    /// <summary>Whether a text could be a code at all: what could not is wrong without being counted.</summary>
    public static bool IsCode(string text) => text.Length == Length && text.All(char.IsAsciiDigit);
}

using System.Diagnostics.CodeAnalysis;
using GeminiChat.GrainInterfaces.Numbers;

namespace GeminiChat.Gateway.Auth;

/// <summary>One-time codes as people type and paste them.</summary>
internal static class OneTimeCodeText
{
    private const int Length = 6;

    /// <summary>What is wrong with the field <c>otp_code</c>; null when nothing is.</summary>
    public static string? Flaw(string? text) => text is null ? "otp_code is required." : null;

    /// <summary>
    /// Reads a code, with digits of any script, and spaces or hyphens between them. False for what could be no code at all:
    /// that is wrong without being counted.
    /// </summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out string? code)
    {
        code = string.Concat(NumberText.Clean(text).Where(character => !char.IsWhiteSpace(character) && character != '-'));
        return code.Length == Length && code.All(char.IsAsciiDigit);
    }
}

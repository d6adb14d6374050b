using GeminiChat.GrainInterfaces.Numbers;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>Mobile numbers of the FastAPI service, which stored them as they were typed.</summary>
internal static class ImportedNumbers
{
    private const int MaxLength = 64;

    /// <summary>The number in E.164, as users sign in with it; null when the text is no such number.</summary>
    /// <param name="text">The text.</param>
    /// <param name="region">The country of a number without a country code; null for none.</param>
    public static string? ToE164(string? text, string? region) =>
        text is { Length: <= MaxLength } && !text.Any(char.IsAsciiLetter) && E164.ParseOrNull(text, region) is { } number
            ? PhoneNumberAliases.Canonical(number)
            : null;
}

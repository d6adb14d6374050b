using GeminiChat.GrainInterfaces.Numbers;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>Mobile numbers of the FastAPI service, which took whatever was typed.</summary>
internal static class ImportedNumbers
{
    private const int MaxLength = 64;

    /// <summary>The number as users sign in with it, E.164; null when nobody could.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="region">The country of a number that does not say its own; null for none.</param>
    public static string? ToE164(string? text, string? region)
    {
        if (text is null || text.Length > MaxLength || text.Any(char.IsAsciiLetter))
        {
            return null;
        }

        return E164.ParseOrNull(text, region) is { } number ? PhoneNumberAliases.Canonical(number) : null;
    }
}

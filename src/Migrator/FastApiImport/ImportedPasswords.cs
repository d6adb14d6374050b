using System.Text.RegularExpressions;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>Password hashes of the old service.</summary>
internal static partial class ImportedPasswords
{
    /// <summary>
    /// Whether sign-ins can check it: bcrypt, and of a cost that one sign-in may have. Up to 14 that is some seconds; an
    /// endless one would block the sign-ins of all others.
    /// </summary>
    public static bool IsUsable(string hash) => Bcrypt().IsMatch(hash);

    [GeneratedRegex(@"^\$2[aby]?\$(?:0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Bcrypt();
}

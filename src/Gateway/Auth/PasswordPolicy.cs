using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;

namespace GeminiChat.Gateway.Auth;

/// <summary>Which passwords are taken: any of a fair length but the most common (OWASP ASVS 5.0, 6.2).</summary>
internal static class PasswordPolicy
{
    private const string CommonPasswordsResource = "GeminiChat.Gateway.Auth.CommonPasswords.txt";

    private static readonly FrozenSet<string> CommonPasswords = ReadCommonPasswords();

    /// <summary>Whether a password is among those that are tried first.</summary>
    public static bool IsCommon(string password) => CommonPasswords.Contains(password) || LacksVariety(password);

    /// <summary>One character over and over, or the digits in a row: too many to list.</summary>
    internal static bool LacksVariety(string password) =>
        password.Distinct().Count() == 1 || IsSequence(password, 1) || IsSequence(password, -1);

    private static bool IsSequence(string password, int step)
    {
        for (var i = 1; i < password.Length; i++)
        {
            // After 9 comes 0, as on a keyboard.
            var isNext = char.IsAsciiDigit(password[i]) && password[i] - '0' == (password[i - 1] - '0' + step + 10) % 10;
            if (!isNext)
            {
                return false;
            }
        }

        return true;
    }

    private static FrozenSet<string> ReadCommonPasswords()
    {
        using var stream = typeof(PasswordPolicy).Assembly.GetManifestResourceStream(CommonPasswordsResource)
            ?? throw new InvalidOperationException($"{CommonPasswordsResource} is not part of the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }
}

/// <summary>A new password that is not among the most common ones.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class UncommonPasswordAttribute()
    : ValidationAttribute("{0} is among the most common ones, which are tried first. Choose another.")
{
    public override bool IsValid(object? value) => value is string password && !PasswordPolicy.IsCommon(password);
}

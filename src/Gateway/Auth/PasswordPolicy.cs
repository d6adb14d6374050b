using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;

namespace GeminiChat.Gateway.Auth;

/// <summary>Accepts all passwords except the most common ones (OWASP ASVS 5.0, 6.2).</summary>
internal static class PasswordPolicy
{
    private const string CommonPasswordsResource = "GeminiChat.Gateway.Auth.CommonPasswords.txt";

    private static readonly FrozenSet<string> CommonPasswords = ReadCommonPasswords();

    public static bool IsCommon(string password) => CommonPasswords.Contains(password) || LacksVariety(password);

    /// <summary>One repeated character, or digits in order: these are too many for the list.</summary>
    internal static bool LacksVariety(string password) =>
        password.Distinct().Count() == 1 || IsSequence(password, 1) || IsSequence(password, -1);

    private static bool IsSequence(string password, int step)
    {
        for (var i = 1; i < password.Length; i++)
        {
            // 0 follows 9, as on a keyboard.
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

[AttributeUsage(AttributeTargets.Property)]
internal sealed class UncommonPasswordAttribute()
    : ValidationAttribute("{0} is among the most common ones, which are tried first. Choose another."), IHasProblemType
{
    public string ProblemType => ProblemTypes.CommonPassword;

    public override bool IsValid(object? value) => value is string password && !PasswordPolicy.IsCommon(password);
}

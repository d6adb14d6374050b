using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using GeminiChat.GrainInterfaces.Numbers;
using PhoneNumbers;

namespace GeminiChat.Gateway.Auth;

/// <summary>Reads mobile numbers that people type, and converts them to E.164.</summary>
internal static class MobileNumbers
{
    /// <summary>E.164 allows 15 digits; the rest is room for spaces and brackets.</summary>
    private const int MaxLength = 32;

    /// <summary>Including invisible characters.</summary>
    private const int MaxTypedLength = 128;

    // The parser alone would also accept letters, extensions and RFC 3966 parameters.
    private static readonly SearchValues<char> Allowed = SearchValues.Create("0123456789 -.()/");

    /// <summary>
    /// The E.164 form of a valid number. If a phone has two such forms, this may be either;
    /// <see cref="PhoneGrainLocator"/> finds the one with the account.
    /// </summary>
    public static string Normalise(string? text) =>
        text is not null && TryNormalise(text, out var e164) ? e164 : throw new FormatException("Not a mobile number.");

    /// <summary>Hides all but the last two digits, for the log.</summary>
    public static string Mask(string e164) => $"{new string('*', e164.Length - 2)}{e164.AsSpan(e164.Length - 2)}";

    /// <summary>Whether the owner of a number earns money from messages to it.</summary>
    public static bool IsPremiumRate(string e164)
    {
        var util = PhoneNumberUtil.GetInstance();
        return util.GetNumberType(util.Parse(e164, null)) is PhoneNumberType.PREMIUM_RATE or PhoneNumberType.SHARED_COST;
    }

    public static bool TryNormalise(string text, [NotNullWhen(true)] out string? e164)
    {
        var clean = text.Length > MaxTypedLength ? "" : PhoneNumberText.Normalize(text).Trim();
        var isNumber = clean is ['+', .. var rest] && rest.Length <= MaxLength && !rest.AsSpan().ContainsAnyExcept(Allowed);
        e164 = isNumber ? E164.ParseOrNull(clean, region: null) : null;
        return e164 is not null;
    }
}

[AttributeUsage(AttributeTargets.Property)]
internal sealed class MobileNumberAttribute()
    : ValidationAttribute("{0} must be a possible number in international form, such as +49 151 12345678."), IHasProblemType
{
    public string ProblemType => ProblemTypes.BadNumber;

    public override bool IsValid(object? value) => value is string text && MobileNumbers.TryNormalise(text, out _);
}

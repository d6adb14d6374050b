using GeminiChat.Migrator.FastApiImport;

namespace GeminiChat.Silo.Tests.Migrator;

/// <summary>Numbers of the old service become those that users sign in with.</summary>
public sealed class ImportedNumbersTests
{
    [Theory]
    [InlineData("+1 415 555 0123", null, "+14155550123")]
    [InlineData("\u202A+49\u00A0151\u201112345678\u202C", null, "+4915112345678")]
    [InlineData("\u0660151 1234 5678", "DE", "+4915112345678")]
    [InlineData("+521 55 1234 5678", null, "+525512345678")]
    [InlineData("044 55 1234 5678", "MX", "+525512345678")]
    [InlineData("11 15 2345-6789", "AR", "+5491123456789")]
    [InlineData("11 2345-6789", "AR", "+5491123456789")]
    [InlineData("+54 9 11 2345 6789", "DE", "+5491123456789")]
    [InlineData("555 0123", null, null)]
    [InlineData("+1 415 555 0123 x4", null, null)]
    [InlineData("", "DE", null)]
    public void Each_is_spelled_as_a_new_account_would_be(string text, string? region, string? number) =>
        Assert.Equal(number, ImportedNumbers.ToE164(text, region));
}

using GeminiChat.Gateway.Auth;
using GeminiChat.GrainInterfaces.Numbers;

namespace GeminiChat.Rules.Tests.Numbers;

public sealed class PhoneNumberTests
{
    [Theory]
    [InlineData("+1 415", "+1 415")]
    [InlineData("\u0661\u096A\uFF11", "141")]
    [InlineData("\U0001D7CE\U0001D7D7", "09")]
    [InlineData("\u202A+1\u200B4\uFEFF", "+14")]
    [InlineData("1\u00A02\u202F3\u30004", "1 2 3 4")]
    [InlineData("1\t2\r3\n4", "1 2 3 4")]
    [InlineData("1\u00012", "1\u00012")]
    [InlineData("1\u20102\u20143\u22124-5", "1-2-3-4-5")]
    [InlineData("\u207A1\uFE622\uFF0B3", "+1+2+3")]
    [InlineData("\uFF01\uFF5E\uFF00\uFF5F", "!~\uFF00\uFF5F")]
    [InlineData("é\U0001F600", "é\U0001F600")]
    [InlineData("", "")]
    public void A_pasted_text_gets_ASCII_digits_signs_and_spaces(string pasted, string expected) =>
        Assert.Equal(expected, PhoneNumberText.Normalize(pasted));

    [Theory]
    [InlineData("+14155550123", "+14155550123")]
    [InlineData("+525512345678", "+525512345678")]
    [InlineData("+5215512345678", "+525512345678")]
    [InlineData("+52015512345678", "+525512345678")]
    [InlineData("+520445512345678", "+525512345678")]
    [InlineData("+520455512345678", "+525512345678")]
    [InlineData("+520465512345678", "+520465512345678")]
    [InlineData("+52155123456789", "+52155123456789")]
    [InlineData("+5491123456789", "+5491123456789")]
    [InlineData("+541123456789", "+5491123456789")]
    [InlineData("+549111523456789", "+5491123456789")]
    [InlineData("+540000000000", "+540000000000")]
    [InlineData("+5411234567", "+5411234567")]
    public void A_new_account_is_stored_under_the_canonical_number(string number, string canonical) =>
        Assert.Equal(canonical, PhoneNumberAliases.Canonical(number));

    [Theory]
    [InlineData("+525512345678", "+525512345678", "+5215512345678")]
    [InlineData("+5215512345678", "+5215512345678", "+525512345678")]
    [InlineData("+5491123456789", "+5491123456789", "+541123456789")]
    [InlineData("+541123456789", "+541123456789", "+5491123456789")]
    [InlineData("+52015512345678", "+52015512345678", "+525512345678", "+5215512345678")]
    [InlineData("+14155550123", "+14155550123")]
    [InlineData("+5255123456789", "+5255123456789")]
    [InlineData("+54911234567890", "+54911234567890")]
    public void All_numbers_of_a_phone_are_known_and_the_given_one_comes_first(string number, params string[] all) =>
        Assert.Equal(all, PhoneNumberAliases.AllOf(number));

    [Theory]
    [InlineData("+1 415 555 0123", null, "+14155550123")]
    [InlineData("\u00A0+1 415 555 0123 ", null, "+14155550123")]
    [InlineData("0151 1234 5678", "DE", "+4915112345678")]
    [InlineData("0151 1234 5678", null, null)]
    [InlineData("+54 9 11 15 2345-6789", null, "+5491123456789")]
    [InlineData("+1 415 555", null, null)]
    [InlineData("+1 415 555 0123 4567", null, null)]
    [InlineData("number", "DE", null)]
    [InlineData("", "DE", null)]
    public void A_number_is_parsed_with_the_rules_of_its_country(string text, string? region, string? number) =>
        Assert.Equal(number, E164.ParseOrNull(text, region));

    [Theory]
    [InlineData("+14155550123", true)]
    [InlineData("+1415555", false)]
    [InlineData("+1415555012345", false)]
    public void A_possible_number_has_a_length_of_its_country(string number, bool expected) =>
        Assert.Equal(expected, E164.IsPossible(number));

    [Theory]
    [InlineData("+1 (415) 555-0123", "+14155550123")]
    [InlineData("+1.415/555.0123", "+14155550123")]
    [InlineData(" +49\u00A0151\u201112345678\n", "+4915112345678")]
    [InlineData("+1 4 1 5 5 5 5 0 1 2 3            ", "+14155550123")]
    [InlineData("+1 4 1 5 5 5 5 0 1 2 (3)        .", "+14155550123")]
    [InlineData("+1 4 1 5 5 5 5 0 1 2 (3)         .", null)]
    [InlineData("14155550123", null)]
    [InlineData("+1 415 555 0123 ext. 4", null)]
    [InlineData("+1-415-555-CALL", null)]
    [InlineData("+1 415 555 0123;ext=4", null)]
    [InlineData("+", null)]
    [InlineData("", null)]
    public void A_typed_mobile_number_is_taken_in_international_form(string typed, string? number)
    {
        Assert.Equal(number is not null, MobileNumbers.TryNormalise(typed, out var read));
        Assert.Equal(number, read);
        Assert.Equal(number is not null, new MobileNumberAttribute().IsValid(typed));
        if (number is null)
        {
            Assert.Throws<FormatException>(() => MobileNumbers.Normalise(typed));
        }
        else
        {
            Assert.Equal(number, MobileNumbers.Normalise(typed));
        }
    }

    [Fact]
    public void Invisible_characters_count_up_to_a_limit()
    {
        const string Number = "+14155550123";
        Assert.True(MobileNumbers.TryNormalise(new string('\u200B', 128 - Number.Length) + Number, out _));
        Assert.False(MobileNumbers.TryNormalise(new string('\u200B', 129 - Number.Length) + Number, out _));
    }

    [Fact]
    public void No_number_at_all_is_refused()
    {
        Assert.Throws<FormatException>(() => MobileNumbers.Normalise(null));
        Assert.False(new MobileNumberAttribute().IsValid(null));
        Assert.False(new MobileNumberAttribute().IsValid(14155550123));
    }

    [Fact]
    public void The_message_for_a_wrong_number_names_the_field_and_an_example() => Assert.Equal(
        "mobile_number must be a possible number in international form, such as +49 151 12345678.",
        new MobileNumberAttribute().FormatErrorMessage("mobile_number"));

    [Fact]
    public void A_log_shows_the_last_two_digits() => Assert.Equal("**********23", MobileNumbers.Mask("+14155550123"));

    [Theory]
    [InlineData("+14155550123", false)]
    [InlineData("+19005550123", true)]
    [InlineData("+491805123456", true)]
    [InlineData("+448712345678", true)]
    public void Numbers_that_earn_by_being_called_are_known(string number, bool expected) =>
        Assert.Equal(expected, MobileNumbers.IsPremiumRate(number));
}

using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Web;

namespace GeminiChat.Rules.Tests.Auth;

public sealed class PasswordPolicyTests
{
    [Fact]
    public void The_list_refuses_three_thousand_common_passwords_that_other_rules_allow()
    {
        using var stream = typeof(PasswordPolicy).Assembly.GetManifestResourceStream("GeminiChat.Gateway.Auth.CommonPasswords.txt");
        using var reader = new StreamReader(stream!);
        var list = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(3000, list.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(list.Order(StringComparer.Ordinal), list);
        Assert.All(list, password => Assert.InRange(password.Length, SizeLimits.MinPasswordLength, SizeLimits.MaxPasswordLength));
        Assert.All(list, password => Assert.False(PasswordPolicy.LacksVariety(password), password));
        Assert.All(list, password => Assert.True(PasswordPolicy.IsCommon(password.ToUpperInvariant()), password));
    }

    [Theory]
    [InlineData("aaaaaaaa", true)]
    [InlineData("aaaaaaab", false)]
    [InlineData("12345678", true)]
    [InlineData("1234567890123", true)]
    [InlineData("987654321098", true)]
    [InlineData("12345679", false)]
    [InlineData("21345678", false)]
    [InlineData("abcdefgh", false)]
    [InlineData("/0123456", true)]
    [InlineData("12321232", false)]
    [InlineData("a", true)]
    public void One_character_or_the_digits_in_a_row_lack_variety(string password, bool expected) =>
        Assert.Equal(expected, PasswordPolicy.LacksVariety(password));

    [Theory]
    [InlineData("PASSWORD1", false)]
    [InlineData("11111111", false)]
    [InlineData("correct horse battery", true)]
    [InlineData(null, false)]
    public void A_new_password_is_not_among_the_most_common_ones(string? password, bool expected) =>
        Assert.Equal(expected, new UncommonPasswordAttribute().IsValid(password));

    [Fact]
    public void The_message_for_a_common_password_names_the_field() => Assert.Equal(
        "password is among the most common ones, which are tried first. Choose another.",
        new UncommonPasswordAttribute().FormatErrorMessage("password"));
}

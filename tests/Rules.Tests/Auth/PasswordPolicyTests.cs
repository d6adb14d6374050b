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
}

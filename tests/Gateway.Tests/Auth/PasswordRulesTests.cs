using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Web;

namespace GeminiChat.Gateway.Tests.Auth;

public sealed class PasswordRulesTests
{
    [Fact]
    public void Three_thousand_common_passwords_are_refused_that_no_other_rule_refuses()
    {
        using var stream = typeof(PasswordRules).Assembly.GetManifestResourceStream("GeminiChat.Gateway.Auth.CommonPasswords.txt");
        using var reader = new StreamReader(stream!);
        var list = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(3000, list.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(list.Order(StringComparer.Ordinal), list);
        Assert.All(list, password => Assert.InRange(password.Length, Limits.PasswordMin, Limits.PasswordMax));
        Assert.All(list, password => Assert.False(PasswordRules.LacksVariety(password), password));
        Assert.All(list, password => Assert.True(PasswordRules.IsCommon(password.ToUpperInvariant()), password));
    }
}

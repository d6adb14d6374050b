using System.Net;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Settings;
using Microsoft.Extensions.Options;

namespace GeminiChat.Rules.Tests.Numbers;

public sealed class OtpRecipientRulesTests
{
    [Theory]
    [InlineData(null, null, "+14155550123", null)]
    [InlineData("+881, +1415", null, "+14155550123", "prefix_blocked")]
    [InlineData("+4", null, "+14155550123", null)]
    [InlineData(null, null, "+19005550123", "premium_rate")]
    [InlineData(null, "DE,US", "+19005550123", "premium_rate")]
    [InlineData(null, "DE,+43", "+14155550123", "country_not_allowed")]
    [InlineData(null, "DE,us", "+14155550123", null)]
    [InlineData(null, "+43,+1", "+14155550123", null)]
    [InlineData(null, "CA", "+14155550123", "country_not_allowed")]
    [InlineData(" ", " , ", "+14155550123", null)]
    public void A_number_gets_messages_unless_a_rule_rejects_it(string? blocked, string? allowed, string number, string? reason)
    {
        var options = new OtpOptions { BlockedPrefixes = blocked, AllowedCountries = allowed };
        Assert.Equal(reason, new OtpRecipientRules(Options.Create(options)).GetRejectionReason(number));
    }

    [Theory]
    [InlineData("DE", true)]
    [InlineData("de", true)]
    [InlineData("Germany", false)]
    [InlineData("", false)]
    [InlineData("+49", true)]
    [InlineData("+999", false)]
    [InlineData("+", false)]
    [InlineData("+ 49", false)]
    [InlineData("+DE", false)]
    [InlineData("49", false)]
    public void A_country_is_named_by_its_region_or_its_calling_code(string country, bool expected) =>
        Assert.Equal(expected, CountryCode.IsKnown(country));

    [Theory]
    [InlineData("203.0.113.77", "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.77", "203.0.113.0/24")]
    [InlineData("2001:db8:1234:5678::1", "2001:db8:1234::/48")]
    [InlineData(null, "255.255.255.0/24")]
    public void A_client_is_counted_by_its_network(string? address, string network) =>
        Assert.Equal(network, ClientNetwork.Of(address is null ? null : IPAddress.Parse(address)));
}

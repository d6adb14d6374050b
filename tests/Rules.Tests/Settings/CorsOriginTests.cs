using GeminiChat.Gateway.Settings;

namespace GeminiChat.Rules.Tests.Settings;

/// <summary>Which origins <c>CORS_ORIGINS</c> allows.</summary>
public sealed class CorsOriginTests
{
    private const string Setting = "https://app.example.com, http://intranet:8080/, https://*.example.org, https://*.example.net:8443,HTTPS://Shop.Example.com:443";

    [Theory]
    [InlineData("https://app.example.com", true)]
    [InlineData("http://intranet:8080", true)]
    [InlineData("https://shop.example.com", true)]
    [InlineData("https://a.example.org", true)]
    [InlineData("https://a.b.example.org", true)]
    [InlineData("https://a.example.net:8443", true)]
    [InlineData("https://example.org", false)]
    [InlineData("http://app.example.com", false)]
    [InlineData("https://app.example.com:8443", false)]
    [InlineData("https://other.example.com", false)]
    [InlineData("http://a.example.org", false)]
    [InlineData("https://.example.org", false)]
    [InlineData("https://evil.com/.example.org", false)]
    [InlineData("https://evil.com?.example.org", false)]
    [InlineData("https://evil.com#.example.org", false)]
    [InlineData("https://user@a.example.org", false)]
    [InlineData("https://aexample.org", false)]
    [InlineData("https://a.example.net", false)]
    [InlineData("https://a.example.org.evil.com", false)]
    [InlineData("https://localhost", false)]
    [InlineData("null", false)]
    [InlineData("", false)]
    public void An_origin_is_allowed_exactly_or_as_a_subdomain(string origin, bool isAllowed) =>
        Assert.Equal(isAllowed, new CorsOriginOptions { Origins = Setting }.IsAllowed(origin));

    [Theory]
    [InlineData("http://localhost:5173", true)]
    [InlineData("https://localhost", true)]
    [InlineData("http://127.0.0.1:3000", true)]
    [InlineData("http://[::1]:3000", true)]
    [InlineData("http://localhost.example.com", false)]
    [InlineData("http://127.0.0.1.example.com", false)]
    [InlineData("file://localhost", false)]
    [InlineData("null", false)]
    public void In_Development_every_origin_of_the_machine_is_allowed(string origin, bool isAllowed) =>
        Assert.Equal(isAllowed, new CorsOriginOptions { AllowsLoopback = true }.IsAllowed(origin));
}

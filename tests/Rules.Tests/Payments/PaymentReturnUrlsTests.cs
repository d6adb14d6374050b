using GeminiChat.Gateway.Payments;
using GeminiChat.Gateway.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;

namespace GeminiChat.Rules.Tests.Payments;

public sealed class PaymentReturnUrlsTests
{
    [Theory]
    [InlineData("Development", null, "https://evil.example/")]
    [InlineData("Production", null, null)]
    [InlineData("Production", "https://chat.example.org", "https://chat.example.org/")]
    public void The_host_of_a_request_is_used_for_return_urls_in_Development_only(string environment, string? configured, string? expected)
    {
        var paths = new PaymentReturnUrls(
            Options.Create(new PublicUrlOptions { PublicUrl = configured }), new HostingEnvironment { EnvironmentName = environment });
        var request = new DefaultHttpContext { Request = { Scheme = "https", Host = new HostString("evil.example") } }.Request;

        Assert.Equal(expected, paths.Create(request)?.ReturnUrl);
        Assert.Equal(expected is not null, paths.IsConfigured);
    }

    [Fact]
    public void The_page_learns_from_the_address_how_the_checkout_ended()
    {
        var urls = Paths("Production", "https://chat.example.org/").Create(new DefaultHttpContext().Request)!;
        Assert.Equal("https://chat.example.org/?checkout=success&session_id={CHECKOUT_SESSION_ID}", urls.SuccessUrl);
        Assert.Equal("https://chat.example.org/?checkout=cancelled", urls.CancelUrl);
    }

    [Theory]
    [InlineData("localhost:8000", "http://localhost:8000/")]
    [InlineData("localhost/path", "http://localhost/")]
    [InlineData("local host", null)]
    [InlineData("", null)]
    public void In_Development_a_host_header_that_no_URI_can_have_gives_no_address(string host, string? expected)
    {
        var request = new DefaultHttpContext { Request = { Scheme = "http" } }.Request;
        request.Headers.Host = host;
        Assert.Equal(expected, Paths("Development", null).Create(request)?.ReturnUrl);
    }

    private static PaymentReturnUrls Paths(string environment, string? configured) => new(
        Options.Create(new PublicUrlOptions { PublicUrl = configured }), new HostingEnvironment { EnvironmentName = environment });
}

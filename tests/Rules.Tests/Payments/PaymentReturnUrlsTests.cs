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
}

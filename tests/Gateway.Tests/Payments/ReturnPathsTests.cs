using GeminiChat.Gateway.Payments;
using GeminiChat.Gateway.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Tests.Payments;

public sealed class ReturnPathsTests
{
    [Theory]
    [InlineData("Development", null, "https://evil.example/")]
    [InlineData("Production", null, null)]
    [InlineData("Production", "https://chat.example.org", "https://chat.example.org/")]
    public void What_a_request_says_of_its_address_is_believed_in_Development_only(string environment, string? configured, string? expected)
    {
        var paths = new ReturnPaths(
            Options.Create(new PublicAddress { PublicUrl = configured }), new HostingEnvironment { EnvironmentName = environment });
        var request = new DefaultHttpContext { Request = { Scheme = "https", Host = new HostString("evil.example") } }.Request;

        Assert.Equal(expected, paths.For(request)?.Return);
        Assert.Equal(expected is not null, paths.IsConfigured);
    }
}

using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>How often one address may try to sign in, and who says which address that is.</summary>
public sealed class AddressLimitTests
{
    [Fact]
    public async Task A_flood_of_numbers_from_one_address_is_stopped_at_the_limit()
    {
        await using var gateway = await GatewayFixture.StartAsync(["--AUTH_REQUESTS_PER_MINUTE_PER_IP=60"]);
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Ask(gateway)));

        Assert.InRange(answers.Count(answer => answer.StatusCode is HttpStatusCode.OK), 1, 120);
        var refused = answers.First(answer => answer.StatusCode is not HttpStatusCode.OK);
        Assert.Equal(
            "Too many requests from your address. Try again later.", await refused.ReadProblemAsync(HttpStatusCode.TooManyRequests));
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal("\"auth\";q=60;w=60", refused.Headers.GetValues("RateLimit-Policy").Single());
        Assert.StartsWith("\"auth\";r=0;t=", refused.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_auth_requests_share_one_address_limit_and_reading_the_profile_does_not_count()
    {
        await using var gateway = await GatewayFixture.StartAsync(["--AUTH_REQUESTS_PER_MINUTE_PER_IP=5"]);
        var user = await gateway.NewUserWithRoom();
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync("/auth/me")).StatusCode);
        }

        foreach (var path in new[] { "signup", "send-otp", "verify-otp", "login", "refresh" })
        {
            var answer = await gateway.CreateAnonymousClient().PostJsonAsync($"/auth/{path}", "{}");
            Assert.Equal("\"auth\";q=5;w=60", answer.Headers.GetValues("RateLimit-Policy").Single());
            await answer.ReadProblemAsync(HttpStatusCode.BadRequest);
        }

        foreach (var path in new[] { "signup", "send-otp", "verify-otp", "login", "refresh", "logout", "forgot-password", "reset-password", "change-password" })
        {
            await (await gateway.CreateAnonymousClient().PostJsonAsync($"/auth/{path}", "{}")).ReadProblemAsync(HttpStatusCode.TooManyRequests);
        }
    }

    [Fact]
    public async Task Refresh_requests_count_per_session_and_not_per_address()
    {
        await using var gateway = await GatewayFixture.StartAsync(["--AUTH_REQUESTS_PER_MINUTE_PER_IP=5"]);
        var token = await NewToken(gateway);
        for (var i = 0; i < 5; i++)
        {
            var exchanged = await Exchange(gateway, token);
            Assert.Equal(HttpStatusCode.OK, exchanged.StatusCode);
            token = (await exchanged.ReadJsonAsync()).Text("refresh_token");
        }

        var refused = await Exchange(gateway, token);
        Assert.StartsWith(
            "Too many exchanges of this session's", await refused.ReadProblemAsync(HttpStatusCode.TooManyRequests), StringComparison.Ordinal);
        Assert.StartsWith("\"auth\";r=0;t=", refused.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);

        // An office behind one address.
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await Exchange(gateway, await NewToken(gateway))).StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await Ask(gateway)).StatusCode);
    }

    [Fact]
    public async Task Forged_refresh_tokens_count_per_address_and_block_no_session()
    {
        await using var gateway = await GatewayFixture.StartAsync(["--AUTH_REQUESTS_PER_MINUTE_PER_IP=5"]);
        for (var i = 0; i < 5; i++)
        {
            await (await Exchange(gateway, $"invented {i}")).ReadProblemAsync(HttpStatusCode.Unauthorized);
        }

        var refused = await (await Exchange(gateway, "invented")).ReadProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.StartsWith("Too many requests from your address.", refused, StringComparison.Ordinal);
        await (await Ask(gateway)).ReadProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.OK, (await Exchange(gateway, await NewToken(gateway))).StatusCode);
    }

    [Theory]
    [InlineData("203.0.113.9", "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.0/24")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48")]
    public void Addresses_are_grouped_by_the_network_of_one_site(string address, string network) =>
        Assert.Equal(network, ClientNetwork.Of(IPAddress.Parse(address)));

    [Theory]
    [InlineData("", false)]
    [InlineData("10.0.0.0/8,192.0.2.7", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("::ffff:127.0.0.1,127.0.0.0/8", true)]
    public async Task A_forwarded_address_is_believed_from_a_trusted_proxy_only(string trusted, bool believed)
    {
        await using var gateway = await GatewayFixture.StartAsync(["--AUTH_REQUESTS_PER_MINUTE_PER_IP=3", $"--TRUSTED_PROXIES={trusted}"]);
        var answers = await Task.WhenAll(Enumerable.Range(1, 12).Select(i => Ask(gateway, $"198.51.100.{i}")));
        Assert.Equal(believed, answers.All(answer => answer.StatusCode is HttpStatusCode.OK));
    }

    [Fact]
    public async Task Forwarded_addresses_that_the_client_added_itself_are_ignored()
    {
        await using var gateway = await GatewayFixture.StartAsync(["--AUTH_REQUESTS_PER_MINUTE_PER_IP=3", "--TRUSTED_PROXIES=127.0.0.1"]);
        var answers = await Task.WhenAll(Enumerable.Range(1, 12).Select(i => Ask(gateway, $"198.51.100.{i}, 203.0.113.9")));
        Assert.Contains(answers, answer => answer.StatusCode is HttpStatusCode.TooManyRequests);
    }

    [Theory]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    public void A_subscriber_counts_as_one_address(string address, string client) =>
        Assert.Equal(IPAddress.Parse(client), AuthRateLimiter.ToPartitionKey(IPAddress.Parse(address)));

    private static async Task<string> NewToken(GatewayFixture gateway) => (await gateway.NewUserWithRoom()).RefreshToken;

    private static Task<HttpResponseMessage> Exchange(GatewayFixture gateway, string token) =>
        gateway.CreateAnonymousClient().PostJsonAsync("/auth/refresh", JsonSerializer.Serialize(new { refresh_token = token }));

    private static async Task<HttpResponseMessage> Ask(GatewayFixture gateway, string? forwardedFor = null)
    {
        using var http = gateway.CreateAnonymousClient();
        if (forwardedFor is not null)
        {
            http.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-For", forwardedFor);
        }

        var number = TestNumber.Next();
        return await http.PostJsonAsync("/auth/send-otp", JsonSerializer.Serialize(new { mobile_number = number }));
    }
}

using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fakes;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>The day's budget of text messages, at two gateways before the real grains.</summary>
public sealed class SendBudgetTests : IAsyncLifetime
{
    private readonly FakeTwilio _twilio = new();
    private readonly LogRecorder _log = new();

    public async ValueTask InitializeAsync() => await _twilio.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _twilio.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task All_gateways_together_send_no_more_than_the_daily_budget()
    {
        await using var gateway = await Start("--OTP_DAILY_SENDS=4");
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Ask(gateway, TestNumber.Next(), isElsewhere: i % 2 == 0)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Single((await Task.WhenAll(answers.Select(answer => answer.WithoutRequestId()))).Distinct(StringComparer.Ordinal));
        await AssertSent(4);
        Assert.Equal(6, await _log.WaitForCountAsync("was withheld: budget_spent", 6));
        Assert.Equal(4, _twilio.Count);
        Assert.Equal(1, await _log.WaitForCountAsync("4 of the 4 text messages of today have been sent", 1));

        gateway.Time.Advance(TimeSpan.FromDays(1));
        await Ask(gateway, TestNumber.Next());
        await AssertSent(1);
    }

    [Fact]
    public async Task The_last_fifth_of_the_budget_is_reserved_for_numbers_with_an_account()
    {
        await using var gateway = await Start("--OTP_DAILY_SENDS=5");
        var owner = TestNumber.Next();
        await Ask(gateway, owner);
        var body = (await _twilio.NextMessageAsync()).Form["Body"];
        var code = string.Concat(body.SkipWhile(letter => !char.IsAsciiDigit(letter)).Take(6));
        var entry = await gateway.CreateAnonymousClient().PostJsonAsync(
            "/auth/verify-otp", JsonSerializer.Serialize(new { mobile_number = owner, otp_code = code }));
        Assert.Equal(HttpStatusCode.OK, entry.StatusCode);
        for (var i = 0; i < 3; i++)
        {
            await Ask(gateway, TestNumber.Next(), isElsewhere: i == 1);
        }

        await AssertSent(3);
        await _log.WaitForLineAsync("4 of the 5 text messages of today have been sent");
        await Ask(gateway, TestNumber.Next());
        await _log.WaitForLineAsync("was withheld: kept_for_accounts");
        await Ask(gateway, owner, isElsewhere: true);
        Assert.Equal(owner, (await _twilio.NextMessageAsync()).Form["To"]);
        Assert.Equal(5, _twilio.Count);
    }

    [Fact]
    public async Task Each_network_has_its_own_share_of_the_budget()
    {
        await using var gateway = await Start("--OTP_DAILY_SENDS=100", "--TRUSTED_PROXIES=127.0.0.1");
        for (var i = 0; i < 23; i++)
        {
            await Ask(gateway, TestNumber.Next(), isElsewhere: i % 2 == 0, from: $"203.0.113.{i}");
        }

        await AssertSent(20);
        Assert.Equal(3, await _log.WaitForCountAsync("was withheld: network_share_spent", 3));
        await Ask(gateway, TestNumber.Next(), from: "198.51.100.7");
        await AssertSent(1);
        Assert.Equal(21, _twilio.Count);
    }

    private Task<GatewayFixture> Start(params string[] settings) => GatewayFixture.StartWithSiloAsync(
        [.. _twilio.Settings, "--TWILIO_FROM=+15005550006", .. settings], builder => builder.Logging.AddRecorder(_log));

    private async Task AssertSent(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _twilio.NextMessageAsync();
        }
    }

    private static async Task<HttpResponseMessage> Ask(
        GatewayFixture gateway, string number, bool isElsewhere = false, string? from = null)
    {
        using var http = isElsewhere ? await gateway.CreateAnonymousClientAtSecondGateway() : gateway.CreateAnonymousClient();
        if (from is not null)
        {
            http.DefaultRequestHeaders.Add("X-Forwarded-For", from);
        }

        return await http.PostJsonAsync("/auth/send-otp", JsonSerializer.Serialize(new { mobile_number = number }));
    }
}

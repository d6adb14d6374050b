using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fakes;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>Codes sent by Twilio, faked by a server on a socket.</summary>
public sealed class TwilioTests : IAsyncLifetime
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
    public async Task A_code_is_sent_by_Twilios_API_and_is_not_in_the_response()
    {
        await using var gateway = await Start("--TWILIO_FROM=+15005550006");
        var answer = await Ask(gateway, "+14155515101");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["message", "request_id"], (await answer.ReadJsonAsync()).Names());

        var sent = await _twilio.NextMessageAsync();
        Assert.Equal($"/2010-04-01/Accounts/{FakeTwilio.AccountSid}/Messages.json", sent.Path);
        Assert.True(sent.IsAuthorized);
        Assert.Equal(["Body", "From", "To"], sent.Form.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("+14155515101", "+15005550006"), (sent.Form["To"], sent.Form["From"]));
        var entry = await gateway.CreateAnonymousClient().PostJsonAsync(
            "/auth/verify-otp", JsonSerializer.Serialize(new { mobile_number = "+14155515101", otp_code = CodeIn(sent) }));
        Assert.Equal(HttpStatusCode.OK, entry.StatusCode);
    }

    [Fact]
    public async Task A_messaging_service_takes_the_place_of_the_sender()
    {
        await using var gateway = await Start("--TWILIO_MESSAGING_SERVICE_SID=MG123", "--TWILIO_FROM=");
        await Ask(gateway, "+14155525101");
        var sent = await _twilio.NextMessageAsync();
        Assert.Equal(["Body", "MessagingServiceSid", "To"], sent.Form.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("MG123", sent.Form["MessagingServiceSid"]);
    }

    [Fact]
    public async Task The_response_does_not_wait_for_Twilio()
    {
        await using var gateway = await Start("--TWILIO_FROM=+15005550006");
        _twilio.BlockResponses();
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Ask(gateway, $"+141555502{i:D2}"))).WaitAsync(Deadline.Timeout);
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        _twilio.ReleaseResponses();
        for (var i = 0; i < 30; i++)
        {
            await _twilio.NextMessageAsync();
        }
    }

    [Fact]
    public async Task A_failure_is_logged_with_Twilios_error_code_and_without_mobile_number_or_code()
    {
        await using var gateway = await Start("--TWILIO_FROM=+15005550006");
        _twilio.Answer = (400, """{"code":21211,"message":"The 'To' number +14155545101 is not a valid phone number."}""");
        var answer = await Ask(gateway, "+14155545101");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var code = CodeIn(await _twilio.NextMessageAsync());
        var line = await _log.WaitForLineAsync("was not sent");
        Assert.EndsWith("Twilio answered 400, error 21211", line, StringComparison.Ordinal);
        Assert.DoesNotContain(_log.Lines, kept => kept.Contains("4155545101", StringComparison.Ordinal)
            || kept.Contains(code, StringComparison.Ordinal) || kept.Contains(FakeTwilio.AuthToken, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unreachable_Twilio_does_not_change_the_response()
    {
        await using var gateway = await Start("--TWILIO_FROM=+15005550006", "--TWILIO_API_BASE=http://127.0.0.1:1");
        Assert.Equal(HttpStatusCode.OK, (await Ask(gateway, "+14155555101")).StatusCode);
        Assert.Contains("Twilio cannot be reached", await _log.WaitForLineAsync("was not sent"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Premium_rate_numbers_and_blocked_prefixes_get_the_same_response_and_no_message()
    {
        await using var gateway = await Start("--TWILIO_FROM=+15005550006", "--OTP_BLOCKED_PREFIXES=+8835,+37068");
        var good = await (await Ask(gateway, "+14155565101")).WithoutRequestId();
        Assert.Equal("+14155565101", (await _twilio.NextMessageAsync()).Form["To"]);
        foreach (var number in new[] { "+449098790000", "+37068012345", "+19002345678" })
        {
            var answer = await Ask(gateway, number);
            Assert.Equal((HttpStatusCode.OK, good), (answer.StatusCode, await answer.WithoutRequestId()));
        }

        // The queue is in order enough: when this one has arrived, those before it have been judged.
        Assert.Equal(3, await _log.WaitForCountAsync("was withheld", 3));
        await Ask(gateway, "+14155565102");
        Assert.Equal("+14155565102", (await _twilio.NextMessageAsync()).Form["To"]);
        Assert.Equal(2, _twilio.Count);
    }

    [Fact]
    public async Task Numbers_of_countries_that_are_not_allowed_get_the_same_response_and_no_message()
    {
        await using var gateway = await Start("--TWILIO_FROM=+15005550006", "--OTP_ALLOWED_COUNTRIES=us, +49");
        var good = await (await Ask(gateway, "+4915112340001")).WithoutRequestId();
        Assert.Equal("+4915112340001", (await _twilio.NextMessageAsync()).Form["To"]);
        foreach (var number in new[] { "+33612345678", "+16045550101" })
        {
            var answer = await Ask(gateway, number);
            Assert.Equal((HttpStatusCode.OK, good), (answer.StatusCode, await answer.WithoutRequestId()));
        }

        Assert.Equal(2, await _log.WaitForCountAsync("was withheld: country_not_allowed", 2));
        await Ask(gateway, "+14155575102");
        Assert.Equal("+14155575102", (await _twilio.NextMessageAsync()).Form["To"]);
        Assert.Equal(2, _twilio.Count);
    }

    private static string CodeIn(SentMessage sent) =>
        string.Concat(sent.Form["Body"].SkipWhile(letter => !char.IsAsciiDigit(letter)).Take(6));

    private Task<GatewayFixture> Start(params string[] settings) => GatewayFixture.StartAsync(
        [.. _twilio.Settings, .. settings], builder => builder.Logging.AddRecorder(_log));

    private static Task<HttpResponseMessage> Ask(GatewayFixture gateway, string number) =>
        gateway.CreateAnonymousClient().PostJsonAsync("/auth/send-otp", JsonSerializer.Serialize(new { mobile_number = number }));
}

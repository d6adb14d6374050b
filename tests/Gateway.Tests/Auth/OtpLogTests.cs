using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;

namespace GeminiChat.Gateway.Tests.Auth;

public sealed class OtpLogTests
{
    [Fact]
    public async Task With_log_delivery_the_code_is_in_the_log_and_neither_in_the_answer_nor_with_the_whole_number()
    {
        using var log = new LogRecorder();
        await using var gateway = await GatewayFixture.StartAsync(
            ["--OTP_DELIVERY=log"], builder => builder.Logging.AddRecorder(log));

        var response = await gateway.CreateAnonymousClient().PostJsonAsync("/auth/send-otp", """{"mobile_number":"+15550100077"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["message", "request_id"], (await response.ReadJsonAsync()).Names());
        var line = Assert.Single(log.Lines, line => line.Contains("One-time code", StringComparison.Ordinal));
        Assert.Contains("77", line, StringComparison.Ordinal);
        Assert.DoesNotContain("5550100", line, StringComparison.Ordinal);
        var body = $$"""{"mobile_number":"+15550100077","otp_code":"{{line[^6..]}}"}""";
        Assert.Equal(HttpStatusCode.OK, (await gateway.CreateAnonymousClient().PostJsonAsync("/auth/verify-otp", body)).StatusCode);
    }
}

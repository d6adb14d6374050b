using GeminiChat.Grains.Model;
using GeminiChat.Fakes;

namespace GeminiChat.Silo.Tests.Gemini;

public sealed class GeminiErrorTests
{
    [Theory]
    [InlineData(400, "INVALID_ARGUMENT", ModelFault.Rejected)]
    [InlineData(400, "FAILED_PRECONDITION", ModelFault.Config)]
    [InlineData(401, "UNAUTHENTICATED", ModelFault.Config)]
    [InlineData(402, "RESOURCE_EXHAUSTED", ModelFault.Config)]
    [InlineData(403, "PERMISSION_DENIED", ModelFault.Config)]
    [InlineData(404, "NOT_FOUND", ModelFault.Config)]
    [InlineData(408, "", ModelFault.Unavailable)]
    [InlineData(413, "", ModelFault.TooLong)]
    [InlineData(429, "RESOURCE_EXHAUSTED", ModelFault.Unavailable)]
    [InlineData(499, "CANCELLED", ModelFault.Unavailable)]
    [InlineData(500, "INTERNAL", ModelFault.Unavailable)]
    [InlineData(502, "", ModelFault.Unavailable)]
    [InlineData(503, "UNAVAILABLE", ModelFault.Unavailable)]
    [InlineData(504, "DEADLINE_EXCEEDED", ModelFault.Unavailable)]
    public async Task Every_status_maps_to_its_fault(int code, string status, ModelFault fault)
    {
        await using var pair = await GeminiTestHarness.Start(Script.Error(code, status, "why"));

        var heard = await pair.Ask();

        Assert.Equal(fault, heard.Fault);
        Assert.Empty(heard.Updates);
        Assert.Equal(1, pair.Fake.Calls.Total);
    }

    [Theory]
    [InlineData("The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).")]
    [InlineData("The input token count exceeds the maximum number of tokens allowed (1048576).")]
    [InlineData("Unable to submit request because the input token count is 1251952 but model only supports up to 1048576.")]
    [InlineData("Request payload size exceeds the limit: 20971520 bytes.")]
    public async Task A_prompt_over_the_token_limit_is_distinguished_from_a_malformed_one(string message)
    {
        await using var pair = await GeminiTestHarness.Start(Script.BadRequest(message));

        Assert.Equal(ModelFault.TooLong, (await pair.Ask()).Fault);
    }

    [Fact]
    public async Task An_invalid_key_is_a_configuration_fault()
    {
        await using var fake = await FakeGemini.Start(new FakeGeminiOptions { Key = "another" });
        using var client = GeminiTestHarness.ClientOf(fake.BaseUrl);

        var heard = await StreamResult.ReadAll(client.GetStreamingResponseAsync(
            [new(Microsoft.Extensions.AI.ChatRole.User, "hi")],
            cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(ModelFault.Config, heard.Fault);
    }

    [Fact]
    public async Task A_daily_quota_lasts_until_the_end_of_the_day_whatever_delay_is_named()
    {
        await using var pair = await GeminiTestHarness.Start(Script.DailyQuota());

        var heard = await pair.Ask();

        Assert.Equal(ModelFault.DailyQuota, heard.Fault);
        Assert.Null(heard.Exception?.RetryAfter);
    }

    [Fact]
    public async Task A_delay_over_five_minutes_counts_as_a_daily_quota()
    {
        await using var pair = await GeminiTestHarness.Start(Script.RateLimited("301s"));

        var heard = await pair.Ask();

        Assert.Equal(ModelFault.DailyQuota, heard.Fault);
        Assert.Equal(TimeSpan.FromSeconds(301), heard.Exception?.RetryAfter);
    }

    [Theory]
    [InlineData("34.07s", 34.07)]
    [InlineData("900ms", 0.9)]
    [InlineData("3s", 3)]
    public async Task The_retry_delay_is_read_from_the_details(string delay, double seconds)
    {
        await using var pair = await GeminiTestHarness.Start(Script.RateLimited(delay));

        Assert.Equal(TimeSpan.FromSeconds(seconds), (await pair.Ask()).Exception?.RetryAfter);
    }

    [Theory]
    [InlineData("Quota exceeded. Please retry in 41.5s.", 41.5)]
    [InlineData("Please retry in 250ms", 0.25)]
    [InlineData("Please retry in 1m2.5s.", 62.5)]
    [InlineData("Please retry in 2h0m1s.", 7201)]
    public async Task The_retry_delay_is_read_from_the_message_when_there_are_no_details(string message, double seconds)
    {
        await using var pair = await GeminiTestHarness.Start(Script.Error(429, "RESOURCE_EXHAUSTED", message));

        Assert.Equal(TimeSpan.FromSeconds(seconds), (await pair.Ask()).Exception?.RetryAfter);
    }

    [Fact]
    public async Task The_retry_delay_is_read_from_the_header_when_the_body_has_none()
    {
        await using var pair = await GeminiTestHarness.Start(Script.Overloaded().WithHeader("Retry-After", "7"));

        Assert.Equal(TimeSpan.FromSeconds(7), (await pair.Ask()).Exception?.RetryAfter);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(499)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_delay_from_a_header_is_capped_at_a_minute(int code)
    {
        await using var pair = await GeminiTestHarness.Start(Script.Error(code, "", "why").WithHeader("Retry-After", "86400"));

        var heard = await pair.Ask();

        Assert.Equal(ModelFault.Unavailable, heard.Fault);
        Assert.Equal(TimeSpan.FromSeconds(60), heard.Exception?.RetryAfter);
    }

    [Fact]
    public async Task The_delay_of_an_overload_is_capped_at_a_minute()
    {
        await using var pair = await GeminiTestHarness.Start(Script.Error(503, "UNAVAILABLE", "why", Script.RetryInfo("86400s")));

        var heard = await pair.Ask();

        Assert.Equal(ModelFault.Unavailable, heard.Fault);
        Assert.Equal(TimeSpan.FromSeconds(60), heard.Exception?.RetryAfter);
    }

    [Fact]
    public async Task A_daily_quota_is_recognized_by_its_name_whatever_the_header_says()
    {
        await using var pair = await GeminiTestHarness.Start(Script.DailyQuota().WithHeader("Retry-After", "7"));

        Assert.Equal(ModelFault.DailyQuota, (await pair.Ask()).Fault);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-3s")]
    [InlineData("NaNs")]
    [InlineData("s")]
    public async Task A_malformed_delay_is_ignored(string delay)
    {
        await using var pair = await GeminiTestHarness.Start(Script.RateLimited(delay));

        var heard = await pair.Ask();

        Assert.Equal(ModelFault.Unavailable, heard.Fault);
        Assert.Null(heard.Exception?.RetryAfter);
    }

    [Fact]
    public async Task An_error_page_is_classified_by_its_status()
    {
        var page = new Script(exchange => exchange.Respond(502, "<html>Bad Gateway</html>"));
        await using var pair = await GeminiTestHarness.Start(page);

        Assert.Equal(ModelFault.Unavailable, (await pair.Ask()).Fault);
    }

    [Fact]
    public async Task Redirects_are_not_followed()
    {
        await using var elsewhere = await FakeGemini.Start();
        await using var pair = await GeminiTestHarness.Start(
            Script.Redirect(elsewhere.BaseUrl + "/v1beta/models/x:streamGenerateContent?alt=sse"));

        Assert.Equal(ModelFault.Unavailable, (await pair.Ask()).Fault);
        Assert.Equal(0, elsewhere.Calls.Total);
    }

    [Theory]
    [InlineData("http://host.invalid")]
    [InlineData("https://127.0.0.1")]
    public async Task An_unreachable_server_is_unavailable(string origin)
    {
        using var client = GeminiTestHarness.ClientOf($"{origin}:{Ports.FindFree()}");

        var heard = await StreamResult.ReadAll(client.GetStreamingResponseAsync(
            [new(Microsoft.Extensions.AI.ChatRole.User, "hi")],
            cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(ModelFault.Unavailable, heard.Fault);
    }

    [Fact]
    public async Task A_server_without_TLS_is_unavailable()
    {
        await using var fake = await FakeGemini.Start();
        using var client = GeminiTestHarness.ClientOf(fake.BaseUrl.Replace("http:", "https:", StringComparison.Ordinal));

        var heard = await StreamResult.ReadAll(client.GetStreamingResponseAsync(
            [new(Microsoft.Extensions.AI.ChatRole.User, "hi")],
            cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(ModelFault.Unavailable, heard.Fault);
    }

    [Fact]
    public async Task Error_messages_contain_neither_the_key_nor_the_prompt()
    {
        await using var pair = await GeminiTestHarness.Start(Script.BadRequest("Invalid value: \"a canary\""));
        pair.Fake.EnqueueReplies(Script.Error(403, "PERMISSION_DENIED", $"Consumer 'api_key:{FakeGemini.Key}' was suspended."));

        var suspended = await pair.Ask("a canary");
        var rejected = await pair.Ask("a canary");

        Assert.DoesNotContain(FakeGemini.Key, suspended.Exception?.ToString(), StringComparison.Ordinal);
        Assert.Contains("was suspended", suspended.Exception?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", rejected.Exception?.ToString(), StringComparison.Ordinal);
    }
}

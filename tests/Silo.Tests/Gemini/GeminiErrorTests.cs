using System.Net;
using System.Net.Sockets;
using GeminiChat.Grains.Model;
using GeminiChat.Played;

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
    public async Task Every_status_has_its_meaning(int code, string status, ModelFault fault)
    {
        await using var pair = await GeminiPair.Start(Script.Error(code, status, "why"));

        var heard = await pair.Ask();

        Assert.Equal(fault, heard.Fault);
        Assert.Empty(heard.Updates);
        Assert.Equal(1, pair.Played.Calls.Total);
    }

    [Theory]
    [InlineData("The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).")]
    [InlineData("The input token count exceeds the maximum number of tokens allowed (1048576).")]
    [InlineData("Unable to submit request because the input token count is 1251952 but model only supports up to 1048576.")]
    [InlineData("Request payload size exceeds the limit: 20971520 bytes.")]
    public async Task A_prompt_beyond_the_models_limit_is_told_from_a_malformed_one(string message)
    {
        await using var pair = await GeminiPair.Start(Script.BadRequest(message));

        Assert.Equal(ModelFault.TooLong, (await pair.Ask()).Fault);
    }

    [Fact]
    public async Task A_wrong_key_is_a_wrong_configuration()
    {
        await using var played = await PlayedGemini.Start(new PlayedGeminiOptions { Key = "another" });
        using var client = GeminiPair.ClientOf(played.BaseUrl);

        var heard = await Heard.From(client.GetStreamingResponseAsync(
            [new(Microsoft.Extensions.AI.ChatRole.User, "hi")],
            cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(ModelFault.Config, heard.Fault);
    }

    [Fact]
    public async Task A_quota_of_the_day_ends_the_day_whatever_delay_is_named()
    {
        await using var pair = await GeminiPair.Start(Script.DailyQuota());

        var heard = await pair.Ask();

        Assert.Equal(ModelFault.DailyQuota, heard.Fault);
        Assert.Null(heard.Exception?.RetryAfter);
    }

    [Fact]
    public async Task A_delay_of_more_than_five_minutes_counts_as_a_quota_of_the_day()
    {
        await using var pair = await GeminiPair.Start(Script.RateLimited("301s"));

        var heard = await pair.Ask();

        Assert.Equal(ModelFault.DailyQuota, heard.Fault);
        Assert.Equal(TimeSpan.FromSeconds(301), heard.Exception?.RetryAfter);
    }

    [Theory]
    [InlineData("34.07s", 34.07)]
    [InlineData("900ms", 0.9)]
    [InlineData("3s", 3)]
    public async Task The_wait_is_read_from_the_details(string delay, double seconds)
    {
        await using var pair = await GeminiPair.Start(Script.RateLimited(delay));

        Assert.Equal(TimeSpan.FromSeconds(seconds), (await pair.Ask()).Exception?.RetryAfter);
    }

    [Theory]
    [InlineData("Quota exceeded. Please retry in 41.5s.", 41.5)]
    [InlineData("Please retry in 250ms", 0.25)]
    [InlineData("Please retry in 1m2.5s.", 62.5)]
    [InlineData("Please retry in 2h0m1s.", 7201)]
    public async Task The_wait_is_read_from_the_words_where_there_are_no_details(string message, double seconds)
    {
        await using var pair = await GeminiPair.Start(Script.Error(429, "RESOURCE_EXHAUSTED", message));

        Assert.Equal(TimeSpan.FromSeconds(seconds), (await pair.Ask()).Exception?.RetryAfter);
    }

    [Fact]
    public async Task The_wait_is_read_from_the_header_where_the_body_names_none()
    {
        await using var pair = await GeminiPair.Start(Script.Overloaded().WithHeader("Retry-After", "7"));

        Assert.Equal(TimeSpan.FromSeconds(7), (await pair.Ask()).Exception?.RetryAfter);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(499)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_header_closes_the_silo_for_a_minute_at_most(int code)
    {
        await using var pair = await GeminiPair.Start(Script.Error(code, "", "why").WithHeader("Retry-After", "86400"));

        var heard = await pair.Ask();

        Assert.Equal(ModelFault.Unavailable, heard.Fault);
        Assert.Equal(TimeSpan.FromSeconds(60), heard.Exception?.RetryAfter);
    }

    [Fact]
    public async Task An_overload_closes_the_silo_for_a_minute_at_most_whatever_its_details_say()
    {
        await using var pair = await GeminiPair.Start(Script.Error(503, "UNAVAILABLE", "why", Script.RetryInfo("86400s")));

        var heard = await pair.Ask();

        Assert.Equal(ModelFault.Unavailable, heard.Fault);
        Assert.Equal(TimeSpan.FromSeconds(60), heard.Exception?.RetryAfter);
    }

    [Fact]
    public async Task A_quota_of_the_day_is_known_by_its_name_whatever_the_header_says()
    {
        await using var pair = await GeminiPair.Start(Script.DailyQuota().WithHeader("Retry-After", "7"));

        Assert.Equal(ModelFault.DailyQuota, (await pair.Ask()).Fault);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-3s")]
    [InlineData("NaNs")]
    [InlineData("s")]
    public async Task A_wait_that_makes_no_sense_is_none(string delay)
    {
        await using var pair = await GeminiPair.Start(Script.RateLimited(delay));

        var heard = await pair.Ask();

        Assert.Equal(ModelFault.Unavailable, heard.Fault);
        Assert.Null(heard.Exception?.RetryAfter);
    }

    [Fact]
    public async Task An_error_page_is_told_by_its_status()
    {
        var page = new Script(exchange => exchange.Respond(502, "<html>Bad Gateway</html>"));
        await using var pair = await GeminiPair.Start(page);

        Assert.Equal(ModelFault.Unavailable, (await pair.Ask()).Fault);
    }

    [Fact]
    public async Task No_redirect_is_followed_with_the_key()
    {
        await using var elsewhere = await PlayedGemini.Start();
        await using var pair = await GeminiPair.Start(
            Script.Redirect(elsewhere.BaseUrl + "/v1beta/models/x:streamGenerateContent?alt=sse"));

        Assert.Equal(ModelFault.Unavailable, (await pair.Ask()).Fault);
        Assert.Equal(0, elsewhere.Calls.Total);
    }

    [Theory]
    [InlineData("http://host.invalid")]
    [InlineData("https://127.0.0.1")]
    public async Task Who_cannot_be_reached_is_unavailable(string origin)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var client = GeminiPair.ClientOf($"{origin}:{port}");

        var heard = await Heard.From(client.GetStreamingResponseAsync(
            [new(Microsoft.Extensions.AI.ChatRole.User, "hi")],
            cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(ModelFault.Unavailable, heard.Fault);
    }

    [Fact]
    public async Task Speaking_TLS_to_one_who_does_not_is_unavailable()
    {
        await using var played = await PlayedGemini.Start();
        using var client = GeminiPair.ClientOf(played.BaseUrl.Replace("http:", "https:", StringComparison.Ordinal));

        var heard = await Heard.From(client.GetStreamingResponseAsync(
            [new(Microsoft.Extensions.AI.ChatRole.User, "hi")],
            cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(ModelFault.Unavailable, heard.Fault);
    }

    [Fact]
    public async Task Neither_the_key_nor_the_prompt_is_in_any_message()
    {
        await using var pair = await GeminiPair.Start(Script.BadRequest("Invalid value: \"a canary\""));
        pair.Played.Next(Script.Error(403, "PERMISSION_DENIED", $"Consumer 'api_key:{PlayedGemini.Key}' was suspended."));

        var suspended = await pair.Ask("a canary");
        var rejected = await pair.Ask("a canary");

        Assert.DoesNotContain(PlayedGemini.Key, suspended.Exception?.ToString(), StringComparison.Ordinal);
        Assert.Contains("was suspended", suspended.Exception?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", rejected.Exception?.ToString(), StringComparison.Ordinal);
    }
}

using System.Net.Http.Json;
using System.Text.Json;
using GeminiChat.Played;

namespace GeminiChat.Silo.Tests.Gemini;

/// <summary>The instrument itself: what it refuses, and what it counts.</summary>
public sealed class PlayedGeminiTests
{
    [Theory]
    [InlineData("""{"contents":[]}""")]
    [InlineData("""{"contents":[{"role":"user","parts":[]}]}""")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"text":""}]}]}""")]
    [InlineData("""{"contents":[{"role":"system","parts":[{"text":"x"}]}]}""")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"user","parts":[{"text":"b"}]}]}""")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]}]}""")]
    [InlineData("not json")]
    public async Task It_refuses_conversations_that_Gemini_refuses(string body)
    {
        await using var played = await PlayedGemini.Start();
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("x-goog-api-key", PlayedGemini.Key);

        using var answer = await http.PostAsync(
            played.BaseUrl + "/v1/models/m:streamGenerateContent?alt=sse",
            new StringContent(body),
            TestContext.Current.CancellationToken);

        var error = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal("INVALID_ARGUMENT", error.GetProperty("error").GetProperty("status").GetString());
    }

    [Fact]
    public async Task It_counts_what_runs_at_once_overall_and_in_each_conversation()
    {
        Hold[] holds = [new(), new(), new()];
        await using var pair = await GeminiPair.Start(Script.Words("ok"));
        pair.Played.Answer(request => holds[request.Number - 1].Script);

        var asking = new[] { pair.Ask("a"), pair.Ask("a"), pair.Ask("b") };
        await pair.Played.Calls.UntilRunning(3);
        await Task.WhenAll(holds.Select(hold => hold.Finish()));
        await Task.WhenAll(asking);
        await pair.Played.Calls.UntilIdle();

        Assert.Equal(3, pair.Played.Calls.MostAtOnce);
        Assert.Equal(2, pair.Played.Calls.MostAtOnceOf("a"));
        Assert.Equal(1, pair.Played.Calls.MostAtOnceOf("b"));
        Assert.Equal(2, pair.Played.Calls.MostAtOnceOfAny());
        Assert.Equal(0, pair.Played.Calls.Running);
    }

    [Fact]
    public async Task It_plays_the_scripts_in_line_before_the_one_for_all()
    {
        await using var pair = await GeminiPair.Start(Script.Words("always"));
        pair.Played.Next(Script.Words("first"), Script.Words("second"));

        Assert.Equal("first", (await pair.Ask()).Text);
        Assert.Equal("second", (await pair.Ask()).Text);
        Assert.Equal("always", (await pair.Ask()).Text);
        Assert.False(await pair.Played.Calls.Requests[0].ClosedEarly);
    }
}

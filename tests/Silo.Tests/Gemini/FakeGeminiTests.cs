using System.Net.Http.Json;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.Silo.Tests.Gemini;

/// <summary>The instrument itself: what it refuses, and what it counts.</summary>
public sealed class FakeGeminiTests
{
    [Theory]
    [InlineData("""{"contents":[]}""")]
    [InlineData("""{"contents":[{"role":"user","parts":[]}]}""")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"text":""}]}]}""")]
    [InlineData("""{"contents":[{"role":"system","parts":[{"text":"x"}]}]}""")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"user","parts":[{"text":"b"}]}]}""")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]}]}""")]
    [InlineData("not json")]
    public async Task The_fake_Gemini_refuses_conversations_that_Gemini_refuses(string body)
    {
        await using var fake = await FakeGemini.Start();
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("x-goog-api-key", FakeGemini.Key);

        using var answer = await http.PostAsync(
            fake.BaseUrl + "/v1/models/m:streamGenerateContent?alt=sse",
            new StringContent(body),
            TestContext.Current.CancellationToken);

        var error = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal("INVALID_ARGUMENT", error.GetProperty("error").GetProperty("status").GetString());
    }

    [Fact]
    public async Task The_fake_Gemini_counts_concurrent_calls_in_total_and_per_conversation()
    {
        ControlledReply[] holds = [new(), new(), new()];
        await using var pair = await GeminiTestHarness.Start(Script.Words("ok"));
        pair.Fake.ReplyWith(request => holds[request.Number - 1].Script);

        var asking = new[] { pair.Ask("a"), pair.Ask("a"), pair.Ask("b") };
        await pair.Fake.Calls.WaitForRunning(3);
        await Task.WhenAll(holds.Select(hold => hold.Finish()));
        await Task.WhenAll(asking);
        await pair.Fake.Calls.WaitUntilIdle();

        Assert.Equal(3, pair.Fake.Calls.MaxConcurrent);
        Assert.Equal(2, pair.Fake.Calls.MaxConcurrentIn("a"));
        Assert.Equal(1, pair.Fake.Calls.MaxConcurrentIn("b"));
        Assert.Equal(2, pair.Fake.Calls.MaxConcurrentInAny());
        Assert.Equal(0, pair.Fake.Calls.Running);
    }

    [Fact]
    public async Task The_fake_Gemini_uses_queued_scripts_before_the_default_one()
    {
        await using var pair = await GeminiTestHarness.Start(Script.Words("always"));
        pair.Fake.EnqueueReplies(Script.Words("first"), Script.Words("second"));

        Assert.Equal("first", (await pair.Ask()).Text);
        Assert.Equal("second", (await pair.Ask()).Text);
        Assert.Equal("always", (await pair.Ask()).Text);
        Assert.False(await pair.Fake.Calls.Requests[0].WasClosedByClient);
    }
}

using System.Runtime.Versioning;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A gateway with few messages a day.</summary>
public sealed class AiSdkGateway : GatewayFixture
{
    public const int Limit = 6;

    protected override (string Name, string Value)[] Settings => [("BASIC_DAILY_MESSAGES", $"{Limit}")];

    public override async ValueTask InitializeAsync()
    {
        await UtcDay.WaitForTimeLeft();
        await base.InitializeAsync();
    }
}

/// <summary>Vercel's own client, in the major versions that are in use: what its user sees is what is stored.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AiSdkTests(AiSdkGateway gateway) : GatewayTests(gateway), IClassFixture<AiSdkGateway>
{
    private readonly int _othersBefore = gateway.Gemini.Calls.Others.Count;

    public static TheoryData<string> Versions => ["5", "6", "7"];

    [Theory, MemberData(nameof(Versions))]
    public async Task A_reply_has_reasoning_text_sources_and_metadata_as_stored(string version)
    {
        Gemini.EnqueueReplies(Script.Thought("Let me look.").Then(Script.Grounded("It is fake.", new Grounding { Supports = [("fake", [0])] })));

        var end = await Run(version, "send", ("SEARCH", "1"));

        Assert.Equal("ready", end.Get("status"));
        var reply = end.GetProperty("messages")[1];
        Assert.Equal(["step-start", "reasoning", "text", "source-url", "data-search-suggestions"], PartsOf(reply).Select(part => part.Get("type")));
        Assert.Equal(("Let me look.", "It is fake."), (PartsOf(reply)[1].Get("text"), PartsOf(reply)[2].Get("text")));
        Assert.Equal("example.com", PartsOf(reply)[3].Get("title"));
        Assert.StartsWith("<style>", PartsOf(reply)[4].Get("data"), StringComparison.Ordinal);
        Assert.True(reply.GetProperty("metadata").GetProperty("usage").GetProperty("output_tokens").GetInt32() > 0);
        AssertStored(end);
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task A_file_is_stored_once_and_reaches_the_model(string version)
    {
        var end = await Run(version, "files");

        AssertStored(end);
        Assert.Equal([2, 3], Siblings(end.GetProperty("stored")[1]));
        Assert.Contains("/files/", PartsOf(end.GetProperty("stored")[0])[0].Get("url"), StringComparison.Ordinal);
        Assert.Single(Gemini.Calls.Others.Skip(_othersBefore), call => call.Method == "files.upload");
        Assert.Contains("fileData", Calls[^1].Body.GetProperty("contents")[0].GetRawText(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task Regenerates_and_edits_make_branches(string version)
    {
        var end = await Run(version, "versions");

        AssertStored(end);
        Assert.Equal(["4", "6"], end.GetProperty("stored").EnumerateArray().Select(message => message.Get("id")));
        Assert.Equal([1, 4], Siblings(end.GetProperty("stored")[0]));
        Assert.Equal([5, 6], Siblings(end.GetProperty("stored")[1]));
        Assert.Equal(["why?", "why?", "why not?", "why not?"], Calls.Select(call => call.Turns[^1].Text));
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task A_page_that_is_loaded_again_resumes_the_answer_and_shows_one_message(string version)
    {
        var hold = new ControlledReply();
        Gemini.EnqueueReplies(hold.Script);
        using var client = await Start(version, "resume");
        await hold.SendText("one");

        Assert.Equal("streaming", (await client.Read()).Get("status"));
        await hold.SendText(" two");
        await hold.Finish();

        var end = await client.Read();
        Assert.Equal("ready", end.Get("status"));
        Assert.Equal("one two", PartsOf(end.GetProperty("messages")[1])[1].Get("text"));
        AssertStored(end);
        Assert.Single(Calls);
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task Without_a_running_answer_there_is_nothing_to_resume(string version)
    {
        var end = await Run(version, "idle");

        Assert.Equal("ready", end.Get("status"));
        AssertStored(end);
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task A_stopped_answer_keeps_its_text(string version)
    {
        var hold = new ControlledReply();
        Gemini.EnqueueReplies(hold.Script);
        using var client = await Start(version, "stop");
        await hold.SendText("one");

        var end = await client.Read();

        Assert.Equal("ready", end.Get("status"));
        Assert.Equal("stopped", end.GetProperty("messages")[1].GetProperty("metadata").Get("status"));
        Assert.Equal("one", PartsOf(end.GetProperty("messages")[1])[1].Get("text"));
        AssertStored(end);
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task After_kill_9_in_the_middle_of_an_answer_it_is_an_error_and_can_be_resumed(string version)
    {
        var (hold, second) = (new ControlledReply(), new ControlledReply());
        Gemini.EnqueueReplies(hold.Script, second.Script);
        using var client = await Start(version, "broken");
        await hold.SendText("one");
        Assert.Equal("streaming", (await client.Read()).Get("status"));

        await Gateway.Kill();
        var broken = await client.Read();
        Assert.Equal(("error", "TypeError"), (broken.Get("status"), broken.Get("errorName")));
        await Gateway.Restart();
        await second.SendText("one two");
        await client.Tell("go");
        Assert.Equal("streaming", (await client.Read()).Get("status"));
        await second.Finish();

        var end = await client.Read();
        Assert.Equal("one two", PartsOf(end.GetProperty("messages")[1])[1].Get("text"));
        AssertStored(end);
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task A_failed_answer_is_an_error_and_the_chat_goes_on(string version)
    {
        Gemini.EnqueueReplies(Script.InvalidKey());
        using var client = await Start(version, "error");

        var failed = await client.Read();
        var end = await client.Read();

        Assert.Equal(("error", "The model refuses all requests because of this service's configuration."), (failed.Get("status"), failed.Get("error")));
        Assert.Equal("model_config", failed.GetProperty("messages")[1].GetProperty("metadata").GetProperty("error").Get("reason"));
        Assert.Equal("ready", end.Get("status"));
        Assert.Equal("ok", PartsOf(end.GetProperty("stored")[3])[1].Get("text"));
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task A_reached_limit_is_told_in_words(string version)
    {
        var end = await Run(version, "limit", ("LIMIT", $"{AiSdkGateway.Limit}"));

        Assert.Equal(("error", $"You have used the {AiSdkGateway.Limit} messages a day of Basic. There are more at midnight UTC."), (end.Get("status"), end.Get("error")));
        Assert.Equal(2 * AiSdkGateway.Limit, end.GetProperty("stored").GetArrayLength());
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task A_token_that_is_no_longer_valid_is_told_in_words(string version)
    {
        var user = await ChatUser.SignIn(Gateway.Http);
        using (await user.Send(HttpMethod.Post, "/auth/logout", new { everywhere = true }))
        {
        }

        using var client = await Start(version, "send", user);
        var end = await client.Read();

        Assert.Equal(("error", "This needs a valid access token: Authorization: Bearer <token>."), (end.Get("status"), end.Get("error")));
    }

    private static IReadOnlyList<JsonElement> PartsOf(JsonElement message) => [.. message.GetProperty("parts").EnumerateArray()];

    private static IEnumerable<int> Siblings(JsonElement message) =>
        message.GetProperty("metadata").GetProperty("siblings").EnumerateArray().Select(id => id.GetInt32());

    /// <summary>A page that is loaded anew shows the same: as many messages, the same replies, with the same parts and metadata.</summary>
    private static void AssertStored(JsonElement end)
    {
        var (shown, stored) = (end.GetProperty("messages"), end.GetProperty("stored"));
        Assert.Equal(stored.GetArrayLength(), shown.GetArrayLength());
        foreach (var (one, other) in shown.EnumerateArray().Zip(stored.EnumerateArray()).Where(pair => pair.Second.Get("role") == "assistant"))
        {
            Assert.Equal(other.Get("id"), one.Get("id"));
            Assert.Equal(other.GetProperty("metadata").GetRawText(), one.GetProperty("metadata").GetRawText());
            Assert.Equal(PartsOf(other).Select(Content), PartsOf(one).Select(Content));
        }
    }

    private static (string Type, string? Content) Content(JsonElement part) => (
        part.Get("type"),
        part.TryGetProperty("text", out var text) ? text.GetString()
            : part.TryGetProperty("url", out var url) ? url.GetString()
            : part.TryGetProperty("data", out var data) ? data.GetString() : null);

    private async Task<JsonElement> Run(string version, string story, params (string, string)[] settings)
    {
        using var client = await Start(version, story, await ChatUser.SignIn(Gateway.Http), settings);
        return await client.Read();
    }

    private async Task<NodeScript> Start(string version, string story) => await Start(version, story, await ChatUser.SignIn(Gateway.Http));

    private Task<NodeScript> Start(string version, string story, ChatUser user, params (string, string)[] settings) =>
        AiSdkScript.Start(version, story, Gateway.Address, [("TOKEN", user.Token), .. settings]);
}

internal static class AiSdkJson
{
    public static string Get(this JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

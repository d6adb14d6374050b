using System.Net;
using System.Text.Json;
using GeminiChat.Fakes;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Tests.Chatrooms;

/// <summary>Which model answers, how much it thinks, whether it searches, and what it found.</summary>
public sealed class ReplyOptionsTests(GatewayFixture gateway) : IAsyncLifetime
{
    private const string Text = "In Łódź 😀 it rains.";

    private ApiUser _user = null!;

    public async ValueTask InitializeAsync() => _user = await gateway.NewUserWithRoom();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_list_has_the_models_of_the_callers_tier()
    {
        var models = (await (await _user.Client.GetAsync("/models")).ReadJsonAsync()).EnumerateArray().ToList();
        Assert.Equal(["gemini-3.8-flash", "gemini-2.5-flash"], models.Select(model => model.Text("id")));
        var flash = models[0];
        Assert.Equal("""["text","image","audio","video","pdf"]""", flash.GetProperty("input").GetRawText());
        Assert.Equal("""["low","medium","high"]""", flash.GetProperty("thinking").GetRawText());
        Assert.Equal((true, 1_048_576, true), (flash.GetProperty("search").GetBoolean(), flash.GetProperty("context_tokens").GetInt32(), flash.GetProperty("is_default").GetBoolean()));
        Assert.False(models[1].GetProperty("is_default").GetBoolean());

        await SharedSilo.Current.Grains.User(_user.Id).SetTier(new TierGrant(Tier.Pro, ValidUntil: null, Version: 1));
        models = [.. (await (await _user.Client.GetAsync("/models")).ReadJsonAsync()).EnumerateArray()];
        Assert.Equal(["gemini-3.8-flash", "gemini-2.5-flash", "gemini-3.8-pro"], models.Select(model => model.Text("id")));
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.CreateAnonymousClient().GetAsync("/models")).StatusCode);
    }

    [Theory]
    [InlineData("""{"content":"hi","model":"gemini-0"}""", "There is no model gemini-0. GET /models lists those that you can use.")]
    [InlineData("""{"content":"hi","model":""}""", "model must have 1 to 200 characters; it has 0.")]
    [InlineData("""{"content":"hi","model":7}""", "model must be a string.")]
    [InlineData("""{"content":"hi","thinking":"much"}""", "thinking must be minimal, low, medium or high.")]
    [InlineData("""{"content":"hi","thinking":"minimal"}""", "thinking of gemini-3.8-flash can be low, medium, high.")]
    [InlineData("""{"content":"hi","search":"yes"}""", "search has the wrong type.")]
    public async Task What_does_not_exist_is_refused_with_the_reason(string body, string reason) =>
        Assert.Equal(reason, await (await _user.Send(HttpMethod.Post, _user.MessagesPath, body)).ReadProblemAsync(HttpStatusCode.BadRequest));

    [Fact]
    public async Task A_model_of_another_tier_is_forbidden_and_the_answer_names_the_tier()
    {
        const string Body = """{"content":"hi","name":"x","model":"gemini-3.8-pro"}""";
        await _user.Room.AskAndAnswer("Why?", "Because.");
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Post, _user.MessagesPath), (HttpMethod.Post, $"{_user.MessagesPath}/1/edit"), (HttpMethod.Post, $"{_user.MessagesPath}/2/regenerate"),
            (HttpMethod.Post, "/chatroom"), (HttpMethod.Patch, _user.RoomPath),
        })
        {
            using var answer = await _user.Send(method, path, Body);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            var problem = await answer.ReadJsonAsync();
            Assert.Equal(("gemini-3.8-pro is a model of tier Pro.", "Pro", "urn:geminichat:problem:model-not-allowed"), (problem.Text("detail"), problem.Text("required_tier"), problem.Text("type")));
        }
    }

    [Fact]
    public async Task A_room_shows_its_defaults_until_they_are_removed()
    {
        const string Options = """{"model":"gemini-3.8-flash","thinking":"high","search":true}""";
        var created = await (await _user.Send(HttpMethod.Post, "/chatroom", """{"name":"x","model":"gemini-3.8-flash","thinking":"high","search":true}""")).ReadJsonAsync();
        var path = $"/chatroom/{created.Text("id")}";
        Assert.Equal(Options, OptionsOf(created));
        Assert.Equal(Options, OptionsOf(await (await _user.Client.GetAsync(path)).ReadJsonAsync()));
        Assert.Equal(Options, OptionsOf(await (await _user.Client.GetAsync($"{path}/export")).ReadJsonAsync()));
        var copy = await (await _user.Send(HttpMethod.Post, $"{path}/fork", "{}")).ReadJsonAsync();
        Assert.Equal(Options, OptionsOf(copy));

        var changed = await (await _user.Send(HttpMethod.Patch, path, """{"thinking":null}""")).ReadJsonAsync();
        Assert.Equal("""{"model":"gemini-3.8-flash","search":true}""", OptionsOf(changed));
        changed = await (await _user.Send(HttpMethod.Patch, path, """{"model":null,"search":false,"thinking":"low"}""")).ReadJsonAsync();
        Assert.Equal("""{"thinking":"low","search":false}""", OptionsOf(changed));
        Assert.Equal(
            "thinking must be minimal, low, medium or high.",
            await (await _user.Send(HttpMethod.Patch, path, """{"thinking":"much"}""")).ReadProblemAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task A_regenerate_has_options_or_no_body()
    {
        await _user.Room.AskAndAnswer("Why?", "Because.");
        using var answer = await _user.Send(HttpMethod.Post, $"{_user.MessagesPath}/2/regenerate", """{"model":"gemini-2.5-flash","thinking":"minimal"}""");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var call = await NextCall();
        await call.SendText("So.");
        await call.Finish();
        Assert.Equal("gemini-2.5-flash", (await Done(3)).Text("model"));
        await _user.Room.Regenerate(3, "Again.");
    }

    [Fact]
    public async Task A_grounded_reply_has_sources_citations_and_suggestions_everywhere()
    {
        using var answer = await _user.Send(HttpMethod.Post, _user.MessagesPath, """{"content":"weather?","search":true}""");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await (await NextCall()).EndWith(Script.Grounded(Text, new Grounding
        {
            Queries = [.. Enumerable.Range(0, 20).Select(i => $"query {i}")],
            Sources = [("https://a.example/", "a.example"), ("https://b.example/", "b.example")],
            Supports = [("Łódź", [0]), ("rains", [0, 1])],
            RenderedContent = "<b>Google</b>",
        }));

        var done = await Done(2);
        AssertGrounded(done);
        AssertGrounded(await (await _user.Client.GetAsync($"{_user.MessagesPath}/2")).ReadJsonAsync());
        AssertGrounded((await (await _user.Client.GetAsync(_user.RoomPath)).ReadJsonAsync()).GetProperty("messages")[1]);
        AssertGrounded((await (await _user.Client.GetAsync($"{_user.RoomPath}/export")).ReadJsonAsync()).GetProperty("messages")[1]);
        Assert.Contains("<https://a.example/>", await (await _user.Client.GetAsync($"{_user.RoomPath}/export?format=markdown")).Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var share = await (await _user.Send(HttpMethod.Post, $"{_user.RoomPath}/shares", "{}")).ReadJsonAsync();
        AssertSources((await (await _user.Client.GetAsync($"/shared/{share.Text("token")}")).ReadJsonAsync()).GetProperty("messages")[1]);
        using var page = await _user.Client.GetAsync(share.Text("url"));
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("<li><a href=\"https://a.example/\" rel=\"nofollow noreferrer\">a.example</a></li>", html, StringComparison.Ordinal);
        Assert.Contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\" srcdoc=\"&lt;base target=&quot;_blank&quot;&gt;&lt;b&gt;Google&lt;/b&gt;\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>Google", html, StringComparison.Ordinal);
        Assert.Contains("style-src 'self' 'unsafe-inline'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);

        var usage = await (await _user.Client.GetAsync("/user/usage")).ReadJsonAsync();
        Assert.Equal((20, 20), (usage.GetProperty("search_queries").GetInt32(), usage.GetProperty("search_limit").GetInt32()));
        using var refused = await _user.Send(HttpMethod.Post, _user.MessagesPath, """{"content":"more?","search":true}""");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        var problem = await refused.ReadJsonAsync();
        Assert.Equal("urn:geminichat:problem:search-limit", problem.Text("type"));
        Assert.Equal((20, 20), (problem.GetProperty("limit").GetInt32(), problem.GetProperty("used").GetInt32()));
        Assert.Equal("\"searches\";q=20;w=86400", refused.Headers.GetValues("RateLimit-Policy").Single());
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.Accepted, (await _user.Send(HttpMethod.Post, _user.MessagesPath, """{"content":"more?"}""")).StatusCode);
        await (await NextCall()).Finish();
    }

    private static void AssertGrounded(JsonElement reply)
    {
        AssertSources(reply);
        Assert.Equal(20, reply.GetProperty("usage").GetProperty("search_queries").GetInt32());
    }

    private static void AssertSources(JsonElement reply)
    {
        Assert.Equal("""[{"url":"https://a.example/","title":"a.example"},{"url":"https://b.example/","title":"b.example"}]""", reply.GetProperty("sources").GetRawText());
        Assert.Equal("""[{"start":3,"end":7,"sources":[0]},{"start":14,"end":19,"sources":[0,1]}]""", reply.GetProperty("citations").GetRawText());
        Assert.Equal("<b>Google</b>", reply.Text("search_suggestions"));
    }

    private static string OptionsOf(JsonElement room) => "{" + string.Join(',', new[] { "model", "thinking", "search" }
        .Where(name => room.TryGetProperty(name, out _)).Select(name => $"\"{name}\":{room.GetProperty(name).GetRawText()}")) + "}";

    private async Task<ControlledReply> NextCall() =>
        await SharedSilo.Current.ModelCalls($"the room of {_user.Number}").ReadAsync().AsTask().WaitAsync(Running.Deadline.Timeout);

    /// <summary>The event with which the stream of a reply ends.</summary>
    private async Task<JsonElement> Done(long reply)
    {
        using var response = await _user.Send(HttpMethod.Get, $"{_user.MessagesPath}/{reply}", accept: "text/event-stream");
        await using var events = await SseReader.OpenAsync(response);
        while (true)
        {
            var item = await events.NextAsync();
            if (item.EventType == "done")
            {
                return JsonElement.Parse(item.Data);
            }
        }
    }
}

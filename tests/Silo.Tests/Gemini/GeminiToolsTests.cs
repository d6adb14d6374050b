using GeminiChat.Fakes;
using GeminiChat.Grains.Model;
using GeminiChat.Silo.Gemini;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GeminiChat.Silo.Tests.Gemini;

/// <summary>What the model does beside writing, as the client reports it.</summary>
public sealed class GeminiToolsTests
{
    private static readonly Grounding Found = new()
    {
        Queries = ["one", "two"],
        Sources = [("https://a.example/", "a.example"), ("https://b.example/", "b.example")],
        Supports = [("Łódź", [0]), ("rains", [0, 1])],
        RenderedContent = "<b>Google</b>",
    };

    [Fact]
    public async Task A_search_is_asked_for_and_what_it_found_comes_with_its_event()
    {
        await using var fake = await FakeGemini.Start();
        fake.ReplyAlways(Script.Grounded("In Łódź it rains.", Found));

        var updates = await Ask(fake, new ChatOptions { Tools = [new HostedWebSearchTool()] });

        Assert.Equal("""[{"googleSearch":{}}]""", Assert.Single(fake.Calls.Requests).Body.GetProperty("tools").GetRawText());
        GroundingContent[] found = [.. updates.SelectMany(update => update.Contents).OfType<GroundingContent>()];
        var grounding = found[^1];
        Assert.Equal((2, 2, 0), (found.Length, found[0].Queries, found[0].Supports.Length));
        Assert.Equal(["a.example", "b.example"], grounding.Sources.Select(source => source.Title));
        Assert.Equal([(3, 10, "Łódź"), (14, 19, "rains")], grounding.Supports.Select(support => (support.Start, support.End, support.Text)));
        Assert.Equal(("<b>Google</b>", 2), (grounding.SearchSuggestions, grounding.Queries));
    }

    [Fact]
    public async Task Pages_of_a_message_are_read_when_the_operator_allows_it()
    {
        await using var fake = await FakeGemini.Start();
        fake.ReplyAlways(Script.PagesRead(100, ("https://a.example/page", "SUCCESS"), ("https://b.example/", "PAYWALL")).Then(Script.Words("read")));

        var updates = await Ask(fake, options: null, new GeminiOptions { UrlContext = true });

        Assert.Equal("""[{"urlContext":{}}]""", Assert.Single(fake.Calls.Requests).Body.GetProperty("tools").GetRawText());
        var grounding = Assert.Single(updates.SelectMany(update => update.Contents).OfType<GroundingContent>());
        Assert.Equal(("https://a.example/page", "a.example"), (Assert.Single(grounding.Sources).Url, grounding.Sources[0].Title));
    }

    [Fact]
    public async Task Every_way_to_think_is_one_that_the_model_accepts()
    {
        await using var fake = await FakeGemini.Start();
        foreach (var model in new[] { "gemini-2.5-pro", "gemini-2.5-flash", "gemini-3.5-flash", "gemini-3.8-flash", "gemini-3.8-pro", "gemini-flash-latest" })
        {
            foreach (var effort in new ReasoningEffort?[] { null, ReasoningEffort.None, ReasoningEffort.Low, ReasoningEffort.Medium, ReasoningEffort.High })
            {
                var reasoning = new ReasoningOptions { Effort = effort, Output = ReasoningOutput.Summary };
                await Ask(fake, new ChatOptions { ModelId = model, Reasoning = reasoning });
            }
        }
    }

    [Fact]
    public async Task A_function_call_that_nobody_asked_for_is_an_empty_answer()
    {
        await using var pair = await GeminiTestHarness.Start(Script.FunctionCall("get_time").Then(Script.Finish()));

        var heard = await pair.Ask();

        Assert.Equal(("", ChatFinishReason.Stop), (heard.Text, heard.Last.FinishReason));
    }

    [Fact]
    public async Task The_list_of_models_gives_their_names_and_limits()
    {
        await using var fake = await FakeGemini.Start(new FakeGeminiOptions
        {
            Models = [new("gemini-3.8-flash", InputTokenLimit: 7_000) { DisplayName = "Flash" }, .. FakeModel.Defaults.Where(model => model.Name is not "gemini-3.8-flash")],
        });
        var catalog = Catalog();
        using var refresh = Refresh(fake, catalog);

        Assert.True(await refresh.Refresh(TestContext.Current.CancellationToken));

        var models = catalog.List(GrainInterfaces.Users.Tier.Basic);
        Assert.Equal([("gemini-3.8-flash", "Flash", 7_000), ("gemini-unlisted", "gemini-unlisted", 1_048_576)], models.Select(model => (model.Id, model.Name, model.ContextTokens!.Value)));
    }

    [Theory]
    [InlineData(503, "{}")]
    [InlineData(200, "<html>")]
    [InlineData(200, "[]")]
    public async Task Without_the_list_the_names_of_the_models_are_enough(int status, string body)
    {
        await using var fake = await FakeGemini.Start();
        fake.ReplyToOthersWith(_ => new Script(exchange => exchange.Respond(status, body)));
        var catalog = Catalog();
        using var refresh = Refresh(fake, catalog);

        Assert.False(await refresh.Refresh(TestContext.Current.CancellationToken));

        Assert.Equal(1_048_576, catalog.List(GrainInterfaces.Users.Tier.Basic)[0].ContextTokens);
    }

    private static async Task<IReadOnlyList<ChatResponseUpdate>> Ask(FakeGemini fake, ChatOptions? options, GeminiOptions? settings = null)
    {
        settings ??= new GeminiOptions();
        (settings.ApiKey, settings.BaseUrl) = (FakeGemini.Key, fake.BaseUrl);
        using var client = new GeminiChatClient(
            GeminiHosting.CreateHttpClient(fake.BaseUrl), Options.Create(settings), TimeProvider.System, NullLogger<GeminiChatClient>.Instance);
        var heard = await StreamResult.ReadAll(client.GetStreamingResponseAsync(
            [new ChatMessage(ChatRole.User, "https://a.example/page?")], options, TestContext.Current.CancellationToken));
        Assert.Null(heard.Exception);
        return heard.Updates;
    }

    private static ModelCatalog Catalog() => new(
        GeminiTestHarness.ClientOf("https://example.org"),
        Options.Create(new ModelCatalogOptions { Models = "gemini-unlisted" }),
        Options.Create(new Grains.Users.TierOptions()));

    private static ModelListRefresh Refresh(FakeGemini fake, ModelCatalog catalog) => new(
        catalog,
        Options.Create(new GeminiOptions { ApiKey = FakeGemini.Key, BaseUrl = fake.BaseUrl }),
        TimeProvider.System,
        NullLogger<ModelListRefresh>.Instance);
}

using System.Text;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.Silo.Tests.Gemini;

/// <summary>Search, pages, code and functions of the fake Gemini.</summary>
public sealed class FakeGeminiToolsTests
{
    private const string Text = "Łódź is in Poland. 😀 It rains.";

    private static readonly Grounding Grounding = new()
    {
        Queries = ["weather <Łódź>"],
        Sources = [("https://vertexaisearch.cloud.google.com/grounding-api-redirect/a", "a.example"), ("https://vertexaisearch.cloud.google.com/grounding-api-redirect/b", "b.example")],
        Supports = [("Łódź is in Poland.", [0]), ("It rains.", [0, 1])],
    };

    [Fact]
    public async Task Grounding_comes_in_several_events_and_the_last_one_has_all_of_it()
    {
        var events = await Stream("googleSearch", Script.Grounded(Text, Grounding));

        var metadata = events.Select(reply => Metadata(reply, "groundingMetadata")).OfType<JsonElement>().ToArray();
        Assert.Equal(2, metadata.Length);
        Assert.Empty(metadata[0].GetProperty("groundingSupports").EnumerateArray());
        var last = metadata[1];
        Assert.Equal("weather <Łódź>", last.GetProperty("webSearchQueries")[0].GetString());
        Assert.Equal("b.example", last.GetProperty("groundingChunks")[1].GetProperty("web").GetProperty("title").GetString());
        Assert.Contains("weather &lt;Ł", last.GetProperty("searchEntryPoint").GetProperty("renderedContent").GetString(), StringComparison.Ordinal);
        var bytes = Encoding.UTF8.GetBytes(Text);
        foreach (var support in last.GetProperty("groundingSupports").EnumerateArray())
        {
            var segment = support.GetProperty("segment");
            var start = segment.TryGetProperty("startIndex", out var index) ? index.GetInt32() : 0;
            Assert.Equal(segment.GetProperty("text").GetString(), Encoding.UTF8.GetString(bytes[start..segment.GetProperty("endIndex").GetInt32()]));
        }

        Assert.False(last.GetProperty("groundingSupports")[0].GetProperty("segment").TryGetProperty("startIndex", out _));
        Assert.Equal("[0,1]", last.GetProperty("groundingSupports")[1].GetProperty("groundingChunkIndices").GetRawText());
    }

    [Fact]
    public async Task Pages_that_were_read_are_named_and_charged()
    {
        var events = await Stream("urlContext", Script.PagesRead(100, ("https://a.example/", "SUCCESS"), ("https://b.example/", "PAYWALL")).Then(Script.Words("read")));

        var pages = events.Select(reply => Metadata(reply, "urlContextMetadata")).OfType<JsonElement>().Single().GetProperty("urlMetadata");
        Assert.Equal("https://a.example/", pages[0].GetProperty("retrievedUrl").GetString());
        Assert.Equal("URL_RETRIEVAL_STATUS_PAYWALL", pages[1].GetProperty("urlRetrievalStatus").GetString());
        Assert.Equal(100, events[^1].GetProperty("usageMetadata").GetProperty("toolUsePromptTokenCount").GetInt32());
    }

    [Fact]
    public async Task Code_and_its_result_are_parts_between_the_texts()
    {
        var events = await Stream("codeExecution", Script.Chunks("Let me see.").Then(Script.CodeRun("print(1)", "1\n")).Then(Script.Words("It is 1.")));

        var parts = events.SelectMany(FakeGeminiClient.Parts).ToArray();
        Assert.Equal("print(1)", parts[1].GetProperty("executableCode").GetProperty("code").GetString());
        Assert.Equal("OUTCOME_OK", parts[2].GetProperty("codeExecutionResult").GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Tools_that_were_not_asked_for_give_nothing()
    {
        var script = Script.PagesRead(1, ("https://a.example/", "SUCCESS")).Then(Script.CodeRun("print(1)", "1")).Then(Script.Grounded(Text, Grounding));

        var events = await Stream(null, script);

        Assert.Equal(Text, string.Concat(events.SelectMany(FakeGeminiClient.Parts).Select(part => part.GetProperty("text").GetString())));
        Assert.All(events, reply => Assert.Null(Metadata(reply, "groundingMetadata") ?? Metadata(reply, "urlContextMetadata")));
    }

    [Fact]
    public async Task A_function_call_comes_unasked_and_the_first_one_is_signed()
    {
        var events = await Stream(null, Script.FunctionCall("f").Then(Script.FunctionCall("g")).Then(Script.Finish()));

        var parts = events.SelectMany(FakeGeminiClient.Parts).ToArray();
        Assert.Equal(["f", "g"], parts[..2].Select(part => part.GetProperty("functionCall").GetProperty("name").GetString()));
        Assert.Equal([true, false, false], parts.Select(part => part.TryGetProperty("thoughtSignature", out _)));
    }

    [Fact]
    public async Task Tools_that_Gemini_does_not_have_are_refused()
    {
        await using var client = await FakeGeminiClient.Start();

        Assert.Contains("Unknown name \"webSearch\"", await client.Refusal(Body("webSearch")), StringComparison.Ordinal);
    }

    private static async Task<JsonElement[]> Stream(string? tool, Script script)
    {
        await using var client = await FakeGeminiClient.Start();
        client.Fake.ReplyAlways(script);
        return await client.Stream(Body(tool));
    }

    private static string Body(string? tool) =>
        """{"contents":[{"role":"user","parts":[{"text":"hello"}]}]""" + (tool is null ? "}" : $$$""","tools":[{"{{{tool}}}":{}}]}""");

    private static JsonElement? Metadata(JsonElement reply, string name) =>
        reply.GetProperty("candidates")[0].TryGetProperty(name, out var metadata) ? metadata : null;
}

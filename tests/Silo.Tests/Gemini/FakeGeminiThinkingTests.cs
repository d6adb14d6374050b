using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.Silo.Tests.Gemini;

/// <summary>Thoughts, signatures and usage of the fake Gemini.</summary>
public sealed class FakeGeminiThinkingTests
{
    private const string Plain = """{"contents":[{"role":"user","parts":[{"text":"hello"}]}]}""";

    [Theory]
    [InlineData("gemini-2.5-pro", """{"thinkingBudget":128}""", true)]
    [InlineData("gemini-2.5-pro", """{"thinkingBudget":-1}""", true)]
    [InlineData("gemini-2.5-pro", """{"thinkingBudget":0}""", false)]
    [InlineData("gemini-2.5-pro", """{"thinkingBudget":32769}""", false)]
    [InlineData("gemini-2.5-flash", """{"thinkingBudget":0}""", true)]
    [InlineData("gemini-2.5-flash", """{"thinkingBudget":24577}""", false)]
    [InlineData("gemini-2.5-flash", """{"thinkingLevel":"LOW"}""", false)]
    [InlineData("gemini-3.8-flash", """{"thinkingLevel":"LOW","includeThoughts":true}""", true)]
    [InlineData("gemini-3.8-flash", """{"thinkingLevel":"high"}""", true)]
    [InlineData("gemini-3.8-flash", """{"thinkingLevel":"MINIMAL"}""", false)]
    [InlineData("gemini-3.8-flash", """{"thinkingLevel":"LOW","thinkingBudget":128}""", false)]
    [InlineData("gemini-3.8-flash", """{"thinkingBudget":128}""", false)]
    [InlineData("gemini-3.8-flash", """{"thinkingLevel":"XHIGH"}""", false)]
    [InlineData("gemini-4-hydrogen", """{"thinkingLevel":"XHIGH"}""", true)]
    [InlineData("gemini-3.6-flash", """{"thinkingLevel":"MINIMAL"}""", true)]
    [InlineData("gemini-3.5-flash-lite", """{"thinkingLevel":"MINIMAL"}""", true)]
    [InlineData("gemini-3-pro-preview", """{"thinkingLevel":"MINIMAL"}""", false)]
    [InlineData("gemini-flash-latest", """{"thinkingLevel":"MINIMAL"}""", false)]
    [InlineData("gemini-3-pro-image", """{"thinkingBudget":128}""", true)]
    [InlineData("gemini-3-pro-image", """{"thinkingLevel":"LOW"}""", false)]
    [InlineData("gemini-2.0-flash", """{"includeThoughts":true}""", false)]
    public async Task Each_family_thinks_in_its_own_way(string model, string config, bool isTaken)
    {
        await using var client = await FakeGeminiClient.Start();

        var refusal = await client.Refusal(Thinking(config), model);

        Assert.Equal(isTaken, refusal is null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Thoughts_are_told_to_those_who_ask_and_charged_to_all(bool isAsked)
    {
        await using var client = await FakeGeminiClient.Start();
        client.Fake.ReplyAlways(Script.Thought("let me think").Then(Script.Words("an answer")));

        var events = await client.Stream(Thinking(isAsked ? """{"includeThoughts":true}""" : "{}"));

        var thoughts = events.SelectMany(FakeGeminiClient.Parts).Where(part => part.TryGetProperty("thought", out _));
        Assert.Equal(isAsked ? ["let me think"] : [], thoughts.Select(part => part.GetProperty("text").GetString()!));
        var usage = events[^1].GetProperty("usageMetadata");
        Assert.Equal((3, 2, 6), (Number(usage, "thoughtsTokenCount"), Number(usage, "candidatesTokenCount"), Number(usage, "totalTokenCount")));
    }

    [Fact]
    public async Task The_last_part_of_a_text_is_empty_and_has_the_signature()
    {
        await using var client = await FakeGeminiClient.Start();
        client.Fake.ReplyAlways(Script.Words("one two"));

        var events = await client.Stream();

        var signed = Assert.Single(events.SelectMany(FakeGeminiClient.Parts), part => part.TryGetProperty("thoughtSignature", out _));
        Assert.Equal(signed.ToString(), Assert.Single(FakeGeminiClient.Parts(events[^1])).ToString());
        Assert.Equal("", signed.GetProperty("text").GetString());
        Assert.Equal("STOP", events[^1].GetProperty("candidates")[0].GetProperty("finishReason").GetString());
        Assert.Empty(Signatures(await client.Stream(model: "gemini-2.5-flash")));
    }

    [Fact]
    public async Task In_one_body_the_text_itself_is_signed()
    {
        await using var client = await FakeGeminiClient.Start();
        client.Fake.ReplyAlways(Script.Words("one two"));

        var part = Assert.Single(FakeGeminiClient.Parts(await client.Ask(Plain)));

        Assert.Equal("one two", part.GetProperty("text").GetString());
        Assert.True(part.TryGetProperty("thoughtSignature", out _));
    }

    [Fact]
    public async Task A_signature_is_good_for_the_model_that_gave_it()
    {
        await using var client = await FakeGeminiClient.Start();
        var signature = Assert.Single(Signatures(await client.Stream()));

        Assert.Null(await client.Refusal(With(signature)));
        Assert.Equal("Corrupted thought signature.", await client.Refusal(With(signature), "gemini-3.8-pro"));
        Assert.Equal("Corrupted thought signature.", await client.Refusal(With("QUJD")));
        Assert.Null(await client.Refusal(With("skip_thought_signature_validator"), "gemini-3.8-pro"));
    }

    [Fact]
    public async Task Signatures_of_before_are_unknown_after_a_renewal()
    {
        await using var client = await FakeGeminiClient.Start();
        var signature = Assert.Single(Signatures(await client.Stream()));

        client.Fake.RenewSignatures();

        Assert.Equal("Corrupted thought signature.", await client.Refusal(With(signature)));
        Assert.Null(await client.Refusal(With(Assert.Single(Signatures(await client.Stream())))));
    }

    [Fact]
    public async Task A_call_of_a_function_in_the_turn_that_goes_on_must_be_signed()
    {
        await using var client = await FakeGeminiClient.Start();
        const string Open = """{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},""";
        const string Result = """{"role":"user","parts":[{"functionResponse":{"name":"f","response":{}}}]}""";

        Assert.Equal(
            "Function call `f` in the 2. content block is missing a `thought_signature`.",
            await client.Refusal(Open + Result + "]}"));
        Assert.Null(await client.Refusal(Open + Result + "]}", "gemini-2.5-flash"));
        Assert.Null(await client.Refusal(Open + Result + """,{"role":"model","parts":[{"text":"b"}]},{"role":"user","parts":[{"text":"c"}]}]}"""));
    }

    [Fact]
    public async Task A_common_beginning_is_cached_from_the_threshold_on_per_model()
    {
        await using var client = await FakeGeminiClient.Start(new() { CacheThreshold = 3 });
        const string Start = """{"systemInstruction":{"parts":[{"text":"be brief"}]},"contents":[{"role":"user","parts":[{"text":"one"}]}""";

        await client.Stream(Start + "]}");
        var longer = await client.Stream(Start + """,{"role":"model","parts":[{"text":"ok"}]},{"role":"user","parts":[{"text":"two"}]}]}""");
        var again = await client.Stream(Start + """,{"role":"model","parts":[{"text":"ok"}]},{"role":"user","parts":[{"text":"three"}]}]}""");
        var other = await client.Stream(Start + "]}", "gemini-3.8-pro");
        var changed = await client.Stream("""{"systemInstruction":{"parts":[{"text":"be kind"}]},"contents":[{"role":"user","parts":[{"text":"one"}]}]}""");

        Assert.Equal([3, 4, 0, 0], new[] { longer, again, other, changed }.Select(reply => Number(reply[^1].GetProperty("usageMetadata"), "cachedContentTokenCount")));
        Assert.Equal([0, 3, 4, 0, 0], client.Fake.Calls.Requests.Select(request => request.CachedTokens));
    }

    [Fact]
    public async Task The_list_of_models_has_limits_methods_and_whether_they_think()
    {
        await using var client = await FakeGeminiClient.Start();

        var models = (await client.Get("/v1beta/models?pageSize=1000")).GetProperty("models").EnumerateArray().ToDictionary(model => model.GetProperty("name").GetString()!);
        var first = await client.Get("/v1beta/models?pageSize=1");

        var flash = models["models/gemini-3.8-flash"];
        Assert.Equal((1_048_576, 65_536), (Number(flash, "inputTokenLimit"), Number(flash, "outputTokenLimit")));
        Assert.True(flash.GetProperty("thinking").GetBoolean());
        Assert.Contains("generateContent", flash.GetProperty("supportedGenerationMethods").EnumerateArray().Select(method => method.GetString()));
        Assert.DoesNotContain("generateContent", models["models/gemini-embedding-001"].GetProperty("supportedGenerationMethods").EnumerateArray().Select(method => method.GetString()));
        Assert.Single(first.GetProperty("models").EnumerateArray());
        Assert.Equal("1", first.GetProperty("nextPageToken").GetString());
    }

    private static string Thinking(string config) =>
        """{"contents":[{"role":"user","parts":[{"text":"a"}]}],"generationConfig":{"thinkingConfig":""" + config + "}}";

    private static string With(string signature) => $$$"""
        {"contents":[{"role":"user","parts":[{"text":"hello"}]},
        {"role":"model","parts":[{"text":"ok"},{"text":"","thoughtSignature":"{{{signature}}}"}]},
        {"role":"user","parts":[{"text":"and?"}]}]}
        """;

    private static string[] Signatures(JsonElement[] events) =>
        [.. events.SelectMany(FakeGeminiClient.Parts).Where(part => part.TryGetProperty("thoughtSignature", out _)).Select(part => part.GetProperty("thoughtSignature").GetString()!)];

    private static int Number(JsonElement json, string name) => json.TryGetProperty(name, out var number) ? number.GetInt32() : 0;
}

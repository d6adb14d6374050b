using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.Silo.Tests.Gemini;

/// <summary>
/// The fake Gemini before Google's own client: what that one does not take would be our mistake in mirror image.
/// </summary>
public sealed class OfficialClientTests
{
    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta")]
    public async Task Googles_client_streams_a_complete_reply(string version)
    {
        var seen = await Run(Script.Words("one two three"), version: version);

        Assert.Equal("one two three", Text(seen, "text"));
        Assert.Equal("STOP", Text(seen, "finishReason"));
        Assert.Equal("gemini-3.8-flash", Text(seen, "modelVersion"));
        Assert.Equal(10, seen.GetProperty("totalTokens").GetInt32());
        Assert.Equal(4, seen.GetProperty("chunks").GetInt32());
        Assert.False(seen.TryGetProperty("error", out _));
    }

    [Fact]
    public async Task Googles_client_reads_a_reply_in_one_body()
    {
        var seen = await Run(Script.Words("one two"), "once");

        Assert.Equal("one two", Text(seen, "text"));
        Assert.Equal("STOP", Text(seen, "finishReason"));
    }

    [Fact]
    public async Task Googles_client_counts_tokens() =>
        Assert.Equal(5, (await Run(Script.Words("unused"), "count")).GetProperty("totalTokens").GetInt32());

    [Fact]
    public async Task Googles_client_reads_the_model_description() =>
        Assert.Equal(1_048_576, (await Run(Script.Words("unused"), "get")).GetProperty("inputTokenLimit").GetInt32());

    [Fact]
    public async Task Googles_client_reads_compressed_replies_and_ignores_noise()
    {
        var seen = await Run(Script.Words("żółw 😀").Sliced(1).Gzipped());

        Assert.Equal("żółw 😀", Text(seen, "text"));
    }

    [Fact]
    public async Task Googles_client_reports_refused_prompts_and_filtered_replies()
    {
        Assert.Equal("SAFETY", Text(await Run(Script.Blocked()), "blockReason"));
        Assert.Equal("SAFETY", Text(await Run(Script.Withheld()), "finishReason"));
        Assert.Equal("MAX_TOKENS", Text(await Run(Script.Chunks("a").Then(Script.Finish("MAX_TOKENS"))), "finishReason"));
    }

    [Fact]
    public async Task Googles_client_uploads_files_and_uses_them_until_they_are_deleted()
    {
        var seen = await Run(Script.Words("a picture"), "files");

        var file = seen.GetProperty("file");
        Assert.Equal("nine.png", Text(file, "displayName"));
        Assert.Equal("9437184", Text(file, "sizeBytes"));
        Assert.Equal("ACTIVE", Text(file, "state"));
        Assert.Equal([Text(file, "name")], seen.GetProperty("listed").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("a picture", Text(seen, "text"));
        Assert.Equal(403, seen.GetProperty("error").GetProperty("status").GetInt32());
        Assert.Contains("You do not have permission to access the File", Text(seen.GetProperty("error"), "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Googles_client_sees_thoughts_signatures_tools_and_usage_and_sends_them_back()
    {
        var script = Script.Thought("let me think ")
            .Then(Script.PagesRead(100, ("https://a.example/", "SUCCESS")))
            .Then(Script.CodeRun("print(1)", "1"))
            .Then(Script.Grounded("It rains.", new() { Supports = [("rains", [0])] }));
        var seen = await Run(script, "on");

        Assert.False(seen.TryGetProperty("error", out var error), error.ToString());
        Assert.Equal("It rains.", Text(seen, "text"));
        var parts = seen.GetProperty("parts").EnumerateArray().ToArray();
        Assert.Equal("let me think ", Text(Assert.Single(parts, part => part.TryGetProperty("thought", out _)), "text"));
        Assert.NotEmpty(Text(Assert.Single(parts, part => part.TryGetProperty("thoughtSignature", out _)), "thoughtSignature")!);
        Assert.Equal("print(1)", Text(Assert.Single(parts, part => part.TryGetProperty("executableCode", out _)).GetProperty("executableCode"), "code"));
        Assert.Equal("1", Text(Assert.Single(parts, part => part.TryGetProperty("codeExecutionResult", out _)).GetProperty("codeExecutionResult"), "output"));
        Assert.Equal(3, seen.GetProperty("grounding").GetProperty("groundingSupports")[0].GetProperty("segment").GetProperty("startIndex").GetInt32());
        Assert.Equal("URL_RETRIEVAL_STATUS_SUCCESS", Text(seen.GetProperty("urls").GetProperty("urlMetadata")[0], "urlRetrievalStatus"));
        Assert.Equal(3, seen.GetProperty("usage").GetProperty("thoughtsTokenCount").GetInt32());
        Assert.Equal(100, seen.GetProperty("usage").GetProperty("toolUsePromptTokenCount").GetInt32());
    }

    [Fact]
    public async Task Googles_client_sees_function_calls()
    {
        var seen = await Run(Script.FunctionCall("f").Then(Script.Finish()));

        Assert.Equal("f", Text(seen, "functionCall"));
    }

    [Fact]
    public async Task Googles_client_lists_the_models()
    {
        var models = (await Run(Script.Words("unused"), "models")).GetProperty("models").EnumerateArray().ToDictionary(model => Text(model, "name")!);

        Assert.Equal(FakeModel.Defaults.Select(model => "models/" + model.Name), models.Keys);
        Assert.Equal(65_536, models["models/gemini-3.8-flash"].GetProperty("outputTokenLimit").GetInt32());
    }

    public static TheoryData<string, int> Errors => new()
    {
        { nameof(Script.RateLimited), 429 },
        { nameof(Script.InvalidKey), 400 },
        { nameof(Script.ModelNotFound), 404 },
        { nameof(Script.Overloaded), 503 },
        { nameof(Script.BareError), 503 },
        { nameof(Script.DataError), 503 },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task Googles_client_reports_each_error(string error, int status)
    {
        var seen = await Run(error switch
        {
            nameof(Script.RateLimited) => Script.RateLimited(),
            nameof(Script.InvalidKey) => Script.InvalidKey(),
            nameof(Script.ModelNotFound) => Script.ModelNotFound(),
            nameof(Script.Overloaded) => Script.Overloaded(),
            // Alone: that client knows it only when nothing else came in the same read.
            nameof(Script.BareError) => Script.BareError(),
            _ => Script.Chunks("one").Then(Script.DataError()),
        });

        Assert.Equal("ApiError", Text(seen.GetProperty("error"), "name"));
        Assert.Equal(status, seen.GetProperty("error").GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("half")]
    [InlineData("reset")]
    [InlineData("garbage")]
    public async Task Googles_client_fails_when_a_stream_breaks(string what)
    {
        var seen = await Run(Script.Chunks("one").Then(what switch
        {
            "half" => Script.TruncatedEvent(),
            "reset" => Script.Reset(),
            _ => Script.Garbage(),
        }));

        Assert.True(seen.TryGetProperty("error", out _));
    }

    private static async Task<JsonElement> Run(Script script, string method = "stream", string version = "v1beta")
    {
        await using var fake = await FakeGemini.Start();
        fake.ReplyAlways(script);
        return await VendorClients.Run("genai.mjs", method, new()
        {
            ["GEMINI_API_KEY"] = FakeGemini.Key,
            ["GEMINI_BASE_URL"] = fake.BaseUrl,
            ["GEMINI_API_VERSION"] = version,
        });
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}

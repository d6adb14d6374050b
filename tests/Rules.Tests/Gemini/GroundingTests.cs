using System.Text;
using GeminiChat.Grains.Model;
using GeminiChat.Silo.Gemini;

namespace GeminiChat.Rules.Tests.Gemini;

public sealed class GroundingTests
{
    private const string Text = """{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}""";
    private const string End = """{"candidates":[{"finishReason":"STOP"}]}""";

    private readonly ReplyReader _reply = new("asked", "key");

    [Fact]
    public void Sources_supports_suggestions_and_searches_are_read()
    {
        var grounding = Read(
            Text,
            """
            {"candidates":[{"finishReason":"STOP","groundingMetadata":{
              "webSearchQueries":["one","two"],"imageSearchQueries":["three"],
              "searchEntryPoint":{"renderedContent":"<b>Google</b>","sdkBlob":"x"},
              "groundingChunks":[{"web":{"uri":"https://a.example/1","title":"a.example"}},{"web":{"uri":"https://b.example/","title":"b.example"}}],
              "groundingSupports":[
                {"segment":{"endIndex":3,"text":"abc"},"groundingChunkIndices":[1,0,1],"confidenceScores":[0.9]},
                {"segment":{"partIndex":1,"startIndex":4,"endIndex":"7"},"groundingChunkIndices":[1]}],
              "retrievalMetadata":{}}}]}
            """)!;

        Assert.Equal([("https://a.example/1", "a.example"), ("https://b.example/", "b.example")], grounding.Sources.Select(source => (source.Url, source.Title)));
        Assert.Equal(
            [(0, 3, "abc", "0,1"), (4, 7, null, "1")],
            grounding.Supports.Select(support => (support.Start, support.End, support.Text, string.Join(',', support.Sources))));
        Assert.Equal(("<b>Google</b>", 3), (grounding.SearchSuggestions, grounding.Queries));
    }

    [Fact]
    public void The_last_metadata_that_is_not_null_is_the_valid_one()
    {
        var grounding = Read(
            """{"candidates":[{"groundingMetadata":{"webSearchQueries":["one"],"groundingChunks":[{"web":{"uri":"https://a.example/"}}]}}]}""",
            """{"candidates":[{"groundingMetadata":{"webSearchQueries":["one","two"],"groundingChunks":[{"web":{"uri":"https://b.example/"}}]}}]}""",
            """{"candidates":[{"groundingMetadata":null}]}""",
            Text,
            End)!;

        Assert.Equal(("https://b.example/", 2), (Assert.Single(grounding.Sources).Url, grounding.Queries));
    }

    [Fact]
    public void A_source_is_listed_once_and_only_pages_of_the_web_are_sources()
    {
        var grounding = Read(
            Text,
            """
            {"candidates":[{"finishReason":"STOP","groundingMetadata":{
              "groundingChunks":[
                {"web":{"uri":"javascript:alert(1)","title":"x"}},{"web":{"uri":"https://a.example/","title":""}},null,{"image":{}},
                {"web":{"uri":"/relative"}},{"web":{"uri":"https://a.example/","title":"again"}},{"maps":{"uri":"http://maps.example/","title":"Maps\u0007"}}],
              "groundingSupports":[{"segment":{"endIndex":1},"groundingChunkIndices":[0,1,2,5,6,7,-1]},null,{"groundingChunkIndices":[1]}]}}]}
            """)!;

        Assert.Equal([("https://a.example/", "a.example"), ("http://maps.example/", "Maps")], grounding.Sources.Select(source => (source.Url, source.Title)));
        Assert.Equal([0, 1], Assert.Single(grounding.Supports).Sources);
    }

    [Fact]
    public void Pages_that_the_model_has_read_are_sources_too()
    {
        var grounding = Read(
            Text,
            """
            {"candidates":[{"finishReason":"STOP","urlContextMetadata":{"urlMetadata":[
              {"retrievedUrl":"https://read.example/page","urlRetrievalStatus":"URL_RETRIEVAL_STATUS_SUCCESS"},
              {"retrievedUrl":"https://paid.example/","urlRetrievalStatus":"URL_RETRIEVAL_STATUS_PAYWALL"}]},
              "groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a.example/","title":"A"}}]}}]}
            """)!;

        Assert.Equal(["A", "read.example"], grounding.Sources.Select(source => source.Title));
    }

    [Theory]
    [InlineData("""{"groundingChunks":7}""")]
    [InlineData("""[]""")]
    [InlineData("""{"groundingSupports":[{"segment":{"endIndex":{}}}]}""")]
    [InlineData("""{"searchEntryPoint":{"renderedContent":"\ud800"}}""")]
    [InlineData("""{}""")]
    public void Unexpected_metadata_is_no_reason_to_lose_the_reply(string metadata)
    {
        Assert.Null(Read(Text, $$"""{"candidates":[{"groundingMetadata":{{metadata}},"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"}]}"""));
        Assert.True(_reply.IsComplete);
    }

    /// <summary>The last grounding of the updates. A reply can be stopped at any moment, so it comes with its event and not with the end.</summary>
    private GroundingContent? Read(params string[] events) =>
        events.Select(json => _reply.Read(Encoding.UTF8.GetBytes(json))).SelectMany(update => update?.Contents ?? []).OfType<GroundingContent>().LastOrDefault();
}

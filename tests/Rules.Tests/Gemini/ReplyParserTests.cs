using System.Text;
using System.Text.Json;
using GeminiChat.Silo.Gemini;

namespace GeminiChat.Rules.Tests.Gemini;

public sealed class ReplyParserTests
{
    private readonly ReplyParser _reply = new();

    private string? Text => _reply.HasText ? string.Concat(_reply.Parts.Select(part => part.Text)) : null;

    [Fact]
    public void Each_member_is_read_where_it_belongs()
    {
        Read("""
            {"other":{"error":1},"modelVersion":"m","responseId":"r","promptFeedback":{"x":[1],"blockReason":"SAFETY"},
             "modelStatus":{"modelStage":"LEGACY","x":{}},"usageMetadata":{"x":{"y":1},"promptTokenCount":1,"candidatesTokenCount":2,
             "thoughtsTokenCount":3,"cachedContentTokenCount":4,"totalTokenCount":5},
             "candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"a"}]},"finishReason":"STOP"},{"finishReason":"SAFETY"}]}
            """);
        Assert.Equal(("a", "STOP", false), (Text, _reply.FinishReason, _reply.IsError));
        Assert.Equal(("m", "r", "SAFETY", "LEGACY"), (_reply.ModelVersion, _reply.ResponseId, _reply.BlockReason, _reply.ModelStage));
        Assert.Equal(new ReplyUsage(Prompt: 1, Cached: 4, Answer: 2, Thoughts: 3, Total: 5), _reply.Usage);
    }

    [Fact]
    public void Text_finish_and_error_are_those_of_the_last_event_and_the_rest_is_kept()
    {
        Read("""{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}],"modelVersion":"m","promptFeedback":{"blockReason":"OTHER"},"error":{}}""");
        Assert.True(_reply.IsError);
        Read("""{"modelVersion":null,"responseId":null,"promptFeedback":null,"modelStatus":null,"usageMetadata":null,"error":null}""");
        Assert.Equal((null, null, false), (Text, _reply.FinishReason, _reply.IsError));
        Assert.Equal(("m", null, "OTHER"), (_reply.ModelVersion, _reply.ResponseId, _reply.BlockReason));
        Assert.Null(_reply.Usage);
    }

    [Theory]
    [InlineData("""{"error":null}""", false)]
    [InlineData("""{"error":"what"}""", true)]
    [InlineData("""{"error":{"code":1}}""", true)]
    [InlineData("""{"errors":{}}""", false)]
    [InlineData("""{"error":{},"other":null}""", true)]
    public void An_error_is_recognized(string json, bool expected)
    {
        Read(json);
        Assert.Equal(expected, _reply.IsError);
    }

    [Theory]
    [InlineData("""[{"text":"a"},{"text":""},{"text":"b"}]""", "Text a, Text b")]
    [InlineData("""[{"text":"a","thought":true},{"text":"b"}]""", "Thought a, Text b")]
    [InlineData("""[{"thought":null,"text":"a","thoughtSignature":"x"}]""", "Text a x")]
    [InlineData("""[{"text":"","thoughtSignature":"x"}]""", "Text  x")]
    [InlineData("""[{"thoughtSignature":"x"}]""", "Text  x")]
    [InlineData("""[{"text":"a","thought":{"x":true}}]""", "Text a")]
    [InlineData("""[{"text":"a","text":null}]""", "")]
    [InlineData("""[{"text":null}]""", "")]
    [InlineData("""[]""", "")]
    [InlineData("""null""", "")]
    public void Parts_are_read_with_their_signatures(string parts, string expected)
    {
        Read($$$"""{"candidates":[{"content":{"role":"model","parts":{{{parts}}},"x":1},"finishReason":"STOP"}]}""");
        Assert.Equal(expected, string.Join(", ", _reply.Parts.Select(part => $"{part.Kind} {part.Text} {part.Signature}".TrimEnd())));
        Assert.Equal("STOP", _reply.FinishReason);
    }

    [Theory]
    [InlineData("""\b\f\n\r\t\"\\\/""", "\b\f\n\r\t\"\\/")]
    [InlineData("""é\u00e9\u4E2D""", "éé\u4E2D")]
    public void Escapes_beside_a_surrogate_without_its_pair_are_read(string escaped, string text)
    {
        Read($$$"""{"candidates":[{"content":{"parts":[{"text":"x{{{escaped}}}y"}]}}]}""");
        Assert.Equal($"x{text}y", Text);
        Read($$$"""{"candidates":[{"content":{"parts":[{"text":"x{{{escaped}}}\ud83d{{{escaped}}}"}]}}]}""");
        Assert.Equal($"x{text}{(char)0xD83D}{text}", Text);
    }

    [Theory]
    [InlineData("7", 7L)]
    [InlineData("\"7\"", 7L)]
    [InlineData("\"\"", null)]
    [InlineData("\"many\"", null)]
    [InlineData("1.5", null)]
    [InlineData("null", null)]
    [InlineData("true", null)]
    [InlineData("{\"a\":[1]}", null)]
    public void A_count_is_a_number_or_a_string(string json, long? expected)
    {
        Read($$$"""{"usageMetadata":{"promptTokenCount":{{{json}}},"totalTokenCount":9}}""");
        Assert.Equal((expected, 9L), (_reply.Usage!.Value.Prompt, _reply.Usage.Value.Total));
    }

    [Theory]
    [InlineData(null, null, 0L)]
    [InlineData(2L, null, 2L)]
    [InlineData(null, 3L, 3L)]
    [InlineData(2L, 3L, 5L)]
    public void Thoughts_count_as_output(long? answer, long? thoughts, long output)
    {
        var details = new ReplyUsage(Prompt: 1, Cached: 4, answer, thoughts, Total: 9).ToDetails();
        Assert.Equal((1L, 4L, output, thoughts, 9L), (details.InputTokenCount, details.CachedInputTokenCount, details.OutputTokenCount, details.ReasoningTokenCount, details.TotalTokenCount));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("{} 1")]
    [InlineData("{")]
    [InlineData("""{"modelVersion":7}""")]
    [InlineData("""{"candidates":7}""")]
    [InlineData("""{"candidates":[{"content":[]}]}""")]
    [InlineData("""{"candidates":[{"content":{"parts":[7]}}]}""")]
    [InlineData("""{"usageMetadata":[]}""")]
    public void Another_JSON_is_refused(string json) => Assert.ThrowsAny<JsonException>(() => Read(json));

    [Fact]
    public void A_name_that_is_repeated_is_the_same_string()
    {
        Read("""{"modelVersion":"gemini-x"}""");
        var first = _reply.ModelVersion;
        Read("""{"modelVersion":"gemini-x"}""");
        Assert.Same(first, _reply.ModelVersion);
        Read("""{"modelVersion":"gemini-y"}""");
        Assert.Equal("gemini-y", _reply.ModelVersion);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("gemini-x", "gemini-x")]
    [InlineData("ge\u0001mi\u007Fni\uFFFD", "gemini")]
    [InlineData("\u0001", null)]
    [InlineData("é\U0001F600", "é\U0001F600")]
    public void The_name_of_a_model_has_no_control_characters(string? name, string? expected) =>
        Assert.Equal(expected, ModelName.Sanitize(name));

    [Fact]
    public void The_name_of_a_model_has_at_most_200_code_units()
    {
        var name = new string('a', 200);
        Assert.Same(name, ModelName.Sanitize(name));
        Assert.Equal(name, ModelName.Sanitize(name + "b"));
        Assert.Equal(name[..199], ModelName.Sanitize(name[..199] + "\U0001F600"));
        Assert.Equal(name[..198] + "\U0001F600", ModelName.Sanitize(name[..198] + "\U0001F600"));
    }

    private void Read(string json) => _reply.Read(Encoding.UTF8.GetBytes(json));
}

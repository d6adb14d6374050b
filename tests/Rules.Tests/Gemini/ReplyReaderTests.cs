using System.Text;
using GeminiChat.Grains.Model;
using GeminiChat.Silo.Gemini;
using Microsoft.Extensions.AI;

namespace GeminiChat.Rules.Tests.Gemini;

public sealed class ReplyReaderTests
{
    private readonly ReplyReader _reply = new("asked", "key");

    [Theory]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"a"},{"text":"b"}]}}]}""", "ab")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"a","thought":true},{"thought":false,"text":"b"}]}}]}""", "b")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"text":"x"}}}]}}]}""", null)]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"b"}]}}]}""", "a")]
    [InlineData("""{"candidates":[{"citationMetadata":{"text":"x"},"content":{"role":"model","parts":[{"text":"a"}]}}]}""", "a")]
    [InlineData("""{"candidates":null,"usageMetadata":null,"promptFeedback":null,"error":null,"modelVersion":null}""", null)]
    [InlineData("""{"candidates":[{"content":null,"finishReason":null}]}""", null)]
    [InlineData("""{"candidates":[{"content":{"parts":null}}]}""", null)]
    [InlineData("""{"candidates":[]}""", null)]
    [InlineData("{}", null)]
    public void The_text_of_an_event_is_read(string json, string? text) => Assert.Equal(text, Read(json)?.Text);

    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("{} {}")]
    [InlineData("{")]
    [InlineData("""{"candidates":{}}""")]
    [InlineData("""{"candidates":[{"content":{"parts":["text"]}}]}""")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":7}]}}]}""")]
    [InlineData("""{"candidates":[{"finishReason":{}}]}""")]
    [InlineData("""{"promptFeedback":"SAFETY"}""")]
    public void JSON_that_is_not_a_reply_is_refused(string json)
    {
        var refused = Assert.Throws<ModelException>(() => Read(json));

        Assert.Equal(ModelFault.Protocol, refused.Fault);
    }

    [Theory]
    [InlineData("""{"error":{"code":429}}""", ModelFault.Unavailable)]
    [InlineData("""{"error":{"status":"NOT_FOUND"}}""", ModelFault.Config)]
    [InlineData("""{"error":"what"}""", ModelFault.Unavailable)]
    [InlineData("""[{"error":{"code":400}}]""", ModelFault.Rejected)]
    public void An_error_is_read_in_any_form(string json, ModelFault fault) =>
        Assert.Equal(fault, Assert.Throws<ModelException>(() => Read(json)).Fault);

    [Fact]
    public void The_last_reported_usage_and_model_are_used()
    {
        Read("""{"usageMetadata":{"promptTokenCount":7,"totalTokenCount":7},"modelVersion":"one","responseId":"a"}""");
        Read("""{"usageMetadata":{"promptTokenCount":"6","candidatesTokenCount":3,"cachedContentTokenCount":2,"thoughtsTokenCount":4,"totalTokenCount":13},"modelVersion":"two"}""");
        Read("""{"candidates":[{"finishReason":"STOP"}],"responseId":"b"}""");

        var last = _reply.CreateFinalUpdate();
        var usage = Assert.IsType<UsageContent>(Assert.Single(last.Contents)).Details;

        Assert.Equal("two", last.ModelId);
        Assert.Equal("a", last.MessageId);
        Assert.Equal((6, 2, 7, 4, 13), (usage.InputTokenCount, usage.CachedInputTokenCount, usage.OutputTokenCount, usage.ReasoningTokenCount, usage.TotalTokenCount));
    }

    [Fact]
    public void An_update_has_the_usage_so_far_because_the_reply_may_be_stopped_after_it()
    {
        var update = Read("""{"candidates":[{"content":{"parts":[{"text":"a"}]}}],"usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":1}}""")!;

        var usage = Assert.Single(update.Contents.OfType<UsageContent>()).Details;
        Assert.Equal((7, 1), (usage.InputTokenCount, usage.OutputTokenCount));
    }

    [Fact]
    public void A_reply_without_model_and_usage_reports_none()
    {
        Read("""{"candidates":[{"finishReason":"STOP"}]}""");

        var last = _reply.CreateFinalUpdate();

        Assert.Equal("asked", last.ModelId);
        Assert.Empty(last.Contents);
    }

    [Theory]
    [InlineData("""gemini-x""", "gemini-x")]
    [InlineData("""\u0000ge\ud800mi\u001f\u0085ni\udc00""", "gemini")]
    [InlineData("""gemini-\ud83d\ude00-é""", "gemini-😀-é")]
    [InlineData("""\u0000\ud800""", "asked")]
    [InlineData("", "asked")]
    public void Characters_that_cannot_be_stored_are_removed_from_the_model_name(string version, string model)
    {
        Read("""{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}],"modelVersion":"VERSION"}"""
            .Replace("VERSION", version, StringComparison.Ordinal));

        Assert.Equal(model, _reply.CreateFinalUpdate().ModelId);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("😀")]
    public void A_long_model_name_is_cut_between_characters(string unit)
    {
        Read($$"""{"candidates":[{"finishReason":"STOP"}],"modelVersion":"y{{string.Concat(Enumerable.Repeat(unit, 10_000))}}"}""");

        var model = _reply.CreateFinalUpdate().ModelId!;

        Assert.Equal("y" + string.Concat(Enumerable.Repeat(unit, (ModelName.MaxLength - 1) / unit.Length)), model);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_replaced()
    {
        var json = Encoding.UTF8.GetBytes("""{"candidates":[{"content":{"parts":[{"text":"a?b"}]}}]}""");
        json[Array.IndexOf(json, (byte)'?')] = 0xFF;

        Assert.Equal("a\ufffdb", _reply.Read(json)?.Text);
    }

    private ChatResponseUpdate? Read(string json) => _reply.Read(Encoding.UTF8.GetBytes(json));
}

using System.Text;
using System.Text.Json;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Silo.Gemini;
using Microsoft.Extensions.AI;

namespace GeminiChat.Rules.Tests.Gemini;

public sealed class CodeBlockTests
{
    public static TheoryData<string> Contents => new(
        "print(1)", "", "\n", "a\nb\n", "\n\n```\n", "x = '`'", "```python\nprint(1)\n```", "`````", "é 😀 \t", "a\r\nb", "  ");

    [Theory]
    [MemberData(nameof(Contents))]
    public void The_content_of_a_block_is_taken_back_exactly(string content)
    {
        Assert.Equal(content, CodeBlock.FindContent(CodeBlock.ToText(content, "python")));
        Assert.Equal(content, CodeBlock.FindContent(CodeBlock.ToText(content, info: "")));
    }

    [Theory]
    [InlineData("print(1)", "\n```python\nprint(1)\n```\n")]
    [InlineData("a ```` b", "\n`````python\na ```` b\n`````\n")]
    public void The_fence_is_longer_than_each_in_the_content(string content, string block) => Assert.Equal(block, CodeBlock.ToText(content, "python"));

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("print(1)")]
    [InlineData("\n``\nx\n``\n")]
    [InlineData("\n```python\nprint(")]
    [InlineData("\n```python\nprint(1)\n```")]
    [InlineData("\n```python\n```\n")]
    [InlineData("\n````python\nx\n```\n")]
    [InlineData(" ```python\nx\n```\n")]
    public void A_text_that_is_not_a_whole_block_has_no_content(string text) => Assert.Null(CodeBlock.FindContent(text));

    [Theory]
    [InlineData("""{"executableCode":{"id":"c1","language":"PYTHON","code":"print(\"<1>\")\n"},"thoughtSignature":"s"}""", "\n```python\nprint(\"<1>\")\n\n```\n")]
    [InlineData("""{"executableCode":{"language":"LANGUAGE_UNSPECIFIED","code":"1"}}""", "\n```\n1\n```\n")]
    [InlineData("""{"codeExecutionResult":{"id":"c1","outcome":"OUTCOME_FAILED","output":"Error\n"}}""", "\n```\nError\n\n```\n")]
    [InlineData("""{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":""}}""", "\n```\n\n```\n")]
    public void A_part_with_code_is_a_block_in_the_text_and_goes_back_as_it_came(string part, string text)
    {
        var update = new ReplyReader("asked", "key").Read(Encoding.UTF8.GetBytes("""{"candidates":[{"content":{"parts":[""" + part + """]}}]}"""));
        var content = Assert.Single(update!.Contents);
        Assert.Equal(text, Assert.IsType<TextContent>(content).Text);

        var request = RequestWriter.Write([new(ChatRole.User, "hi"), new(ChatRole.Assistant, [content]), new(ChatRole.User, "more")], null, new(null, null, null));
        using var json = JsonDocument.Parse(request);
        using var expected = JsonDocument.Parse(part);
        Assert.True(JsonElement.DeepEquals(expected.RootElement, json.RootElement.GetProperty("contents")[1].GetProperty("parts")[0]));
    }

    [Fact]
    public void A_block_that_was_cut_goes_back_as_text()
    {
        Assert.Null(CodeBlock.ToPart(ReplyPartKind.Code, "\n```python\nprint(", """{"language":"PYTHON"}"""));
        Assert.Null(CodeBlock.ToPart(ReplyPartKind.Code, "\n```python\nx\n```\n", data: null));
    }

    [Theory]
    [InlineData("""{"executableCode":7}""")]
    [InlineData("""{"executableCode":null}""")]
    [InlineData("""{"executableCode":{"code":7}}""")]
    [InlineData("""{"codeExecutionResult":[]}""")]
    public void Unexpected_code_is_left_out(string part) =>
        Assert.Null(new ReplyReader("asked", "key").Read(Encoding.UTF8.GetBytes("""{"candidates":[{"content":{"parts":[""" + part + """]}}]}""")));
}

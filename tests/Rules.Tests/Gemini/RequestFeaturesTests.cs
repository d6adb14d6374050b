using System.Text;
using System.Text.Json;
using GeminiChat.Silo.Gemini;
using Microsoft.Extensions.AI;

namespace GeminiChat.Rules.Tests.Gemini;

public sealed class RequestFeaturesTests
{
    [Theory]
    [InlineData("gemini-3.8-flash", ReasoningEffort.Low, """{"includeThoughts":true,"thinkingLevel":"LOW"}""")]
    [InlineData("gemini-3.8-flash", ReasoningEffort.High, """{"includeThoughts":true,"thinkingLevel":"HIGH"}""")]
    [InlineData("gemini-3.8-flash", null, """{"includeThoughts":true}""")]
    [InlineData("gemini-3.8-flash", ReasoningEffort.None, """{"includeThoughts":true}""")]
    [InlineData("gemini-3.5-flash", ReasoningEffort.None, """{"includeThoughts":true,"thinkingLevel":"MINIMAL"}""")]
    [InlineData("gemini-2.5-pro", ReasoningEffort.None, """{"includeThoughts":true,"thinkingBudget":128}""")]
    [InlineData("gemini-2.5-flash", ReasoningEffort.Medium, """{"includeThoughts":true,"thinkingBudget":8192}""")]
    [InlineData("gemini-2.5-flash", null, """{"includeThoughts":true}""")]
    [InlineData("gemini-2.5-flash", ReasoningEffort.None, """{"thinkingBudget":0}""")]
    [InlineData("gemini-2.5-flash-lite", ReasoningEffort.Low, """{"includeThoughts":true,"thinkingBudget":1024}""")]
    [InlineData("gemini-2.5-flash-lite", null, null)]
    [InlineData("gemini-2.0-flash", ReasoningEffort.High, null)]
    [InlineData("gemma-3-27b-it", null, null)]
    public void A_model_is_told_how_much_to_think_in_the_words_of_its_family(string model, ReasoningEffort? effort, string? expected)
    {
        var config = Write(model, new ChatOptions { Reasoning = new() { Effort = effort, Output = ReasoningOutput.Summary } });

        Assert.Equal(expected, config.TryGetProperty("generationConfig", out var generation) ? generation.GetProperty("thinkingConfig").GetRawText() : null);
    }

    [Theory]
    [InlineData(ReasoningEffort.High, """{"thinkingLevel":"HIGH"}""")]
    [InlineData(null, null)]
    public void Thoughts_are_sent_only_when_they_are_wanted(ReasoningEffort? effort, string? expected)
    {
        var config = Write("gemini-3.8-flash", new ChatOptions { Reasoning = new() { Effort = effort, Output = ReasoningOutput.None } });

        Assert.Equal(expected, config.TryGetProperty("generationConfig", out var generation) ? generation.GetProperty("thinkingConfig").GetRawText() : null);
    }

    [Theory]
    [InlineData("gemini-3.8-flash", true, """[{"googleSearch":{}},{"urlContext":{}},{"codeExecution":{}}]""")]
    [InlineData("gemini-3.8-flash", false, """[{"urlContext":{}},{"codeExecution":{}}]""")]
    [InlineData("gemini-2.0-flash", true, """[{"googleSearch":{}},{"codeExecution":{}}]""")]
    [InlineData("gemma-3-27b-it", true, null)]
    public void A_model_gets_the_tools_that_it_has(string model, bool search, string? expected)
    {
        var options = new ChatOptions { Tools = search ? [new HostedWebSearchTool()] : null };
        var request = Write(model, options, new GeminiOptions { UrlContext = true, CodeExecution = true });

        Assert.Equal(expected, request.TryGetProperty("tools", out var tools) ? tools.GetRawText() : null);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(
        "BLOCK_ONLY_HIGH",
        "HARASSMENT BLOCK_ONLY_HIGH, HATE_SPEECH BLOCK_ONLY_HIGH, SEXUALLY_EXPLICIT BLOCK_ONLY_HIGH, DANGEROUS_CONTENT BLOCK_ONLY_HIGH")]
    [InlineData("HARASSMENT=OFF, DANGEROUS_CONTENT=BLOCK_NONE", "HARASSMENT OFF, DANGEROUS_CONTENT BLOCK_NONE")]
    [InlineData(
        "HATE_SPEECH = BLOCK_NONE, BLOCK_LOW_AND_ABOVE",
        "HARASSMENT BLOCK_LOW_AND_ABOVE, HATE_SPEECH BLOCK_NONE, SEXUALLY_EXPLICIT BLOCK_LOW_AND_ABOVE, DANGEROUS_CONTENT BLOCK_LOW_AND_ABOVE")]
    public void The_safety_thresholds_are_those_of_the_setting(string? setting, string? expected)
    {
        var request = Write("gemini-3.8-flash", options: null, new GeminiOptions { Safety = setting });

        Assert.True(SafetySettings.IsValid(setting));
        Assert.Equal(expected, request.TryGetProperty("safetySettings", out var safety)
            ? string.Join(", ", safety.EnumerateArray().Select(one =>
                $"{one.GetProperty("category").GetString()!["HARM_CATEGORY_".Length..]} {one.GetProperty("threshold").GetString()}"))
            : null);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("VIOLENCE=BLOCK_NONE")]
    [InlineData("HARASSMENT=")]
    [InlineData("HARASSMENT=BLOCK_NONE=OFF")]
    public void Other_words_are_no_safety_thresholds(string setting) => Assert.False(SafetySettings.IsValid(setting));

    private static JsonElement Write(string model, ChatOptions? options, GeminiOptions? settings = null)
    {
        var bytes = RequestWriter.Write([new(ChatRole.User, "hi")], options, RequestFeatures.Create(model, options, settings ?? new GeminiOptions()));
        using var json = JsonDocument.Parse(Encoding.UTF8.GetString(bytes));
        return json.RootElement.Clone();
    }
}

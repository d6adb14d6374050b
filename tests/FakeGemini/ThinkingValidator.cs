using System.Text.Json;

namespace GeminiChat.Fakes;

/// <summary>What Gemini refuses of <c>thinkingConfig</c>, by the family of the model.</summary>
internal static class ThinkingValidator
{
    private static readonly string[] Levels = ["MINIMAL", "LOW", "MEDIUM", "HIGH"];

    public static Script? FindError(RecordedRequest request) =>
        request.ThinkingConfig is { ValueKind: JsonValueKind.Object } config && Describe(request.Model, config) is { } error
            ? Script.BadRequest(error)
            : null;

    private static string? Describe(string model, JsonElement config)
    {
        var level = config.GetText("thinkingLevel")?.ToUpperInvariant();
        int? budget = config.GetMember("thinkingBudget") is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null;
        return ModelFamily.Of(model) switch
        {
            _ when level is not null && budget is not null => "You can only set one of thinking_budget and thinking_level.",
            { Thinks: false } => "Thinking is not supported for this model.",
            { TakesLevel: false } when level is not null => "Thinking level is not supported for this model.",
            { TakesBudget: false } when budget is not null => "Thinking budget is not supported for this model.",
            { TakesMinimal: false } when level is "MINIMAL" => "Thinking level MINIMAL is not supported for this model.",
            { } family when budget is { } tokens && !family.IsInRange(tokens) => $"The thinking budget {tokens} is invalid.",
            _ when level is not null && !Levels.Contains(level, StringComparer.Ordinal) && !(level is "XHIGH" && model is "gemini-4-hydrogen") =>
                $"Invalid value at 'generation_config.thinking_config.thinking_level' (type.googleapis.com), \"{level}\"",
            _ => null,
        };
    }
}

using System.Text.Json.Nodes;

namespace GeminiChat.Fakes;

/// <summary>A model as Gemini's list describes it.</summary>
/// <param name="Name">The bare name.</param>
/// <param name="InputTokenLimit">The tokens that it reads.</param>
/// <param name="OutputTokenLimit">The tokens that it writes.</param>
public sealed record FakeModel(string Name, int InputTokenLimit = 1_048_576, int OutputTokenLimit = 65_536)
{
    /// <summary>Some models of different families, and one that does not chat.</summary>
    public static readonly IReadOnlyList<FakeModel> Defaults =
    [
        new("gemini-2.5-flash"),
        new("gemini-2.5-pro"),
        new("gemini-3.5-flash-lite"),
        new("gemini-3.8-flash"),
        new("gemini-3.8-pro"),
        new("gemini-flash-latest"),
        new("gemini-embedding-001", 2048, 1) { Methods = ["embedContent", "countTokens"] },
    ];

    /// <summary>The name for people; null for one that is made of the bare name.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Whether it thinks; null for what its family does.</summary>
    public bool? Thinks { get; init; }

    /// <summary>What it can do.</summary>
    public IReadOnlyList<string> Methods { get; init; } = ["generateContent", "countTokens", "createCachedContent", "batchGenerateContent"];

    internal JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["name"] = "models/" + Name,
            ["version"] = "001",
            ["displayName"] = DisplayName ?? string.Join(' ', Name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..])),
            ["inputTokenLimit"] = InputTokenLimit,
            ["outputTokenLimit"] = OutputTokenLimit,
            ["supportedGenerationMethods"] = new JsonArray([.. Methods.Select(method => JsonValue.Create(method))]),
            ["temperature"] = 1,
            ["topP"] = 0.95,
            ["topK"] = 64,
            ["maxTemperature"] = 2,
        };
        if (Thinks ?? ModelFamily.Of(Name)?.Thinks is true)
        {
            json["thinking"] = true;
        }

        return json;
    }
}

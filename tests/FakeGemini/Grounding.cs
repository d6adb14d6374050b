using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace GeminiChat.Fakes;

/// <summary>What an answer rests on: what was searched for, what was found, and which words of the answer it supports.</summary>
public sealed record Grounding
{
    /// <summary>What was searched for.</summary>
    public IReadOnlyList<string> Queries { get; init; } = ["fake news"];

    /// <summary>The pages that were found. Of a title, Gemini gives the domain.</summary>
    public IReadOnlyList<(string Url, string Title)> Sources { get; init; } =
        [("https://vertexaisearch.cloud.google.com/grounding-api-redirect/one", "example.com")];

    /// <summary>Words of the answer, each found after the one before it, with the indexes of their sources.</summary>
    public IReadOnlyList<(string Quote, int[] Sources)> Supports { get; init; } = [];

    /// <summary>What must be shown with the answer; null for what Google's looks like.</summary>
    public string? RenderedContent { get; init; }

    /// <summary>The <c>groundingMetadata</c> of a text. Its places are counted in UTF-8 bytes, and 0 is left out.</summary>
    internal JsonObject ToJson(string text) => new()
    {
        ["webSearchQueries"] = new JsonArray([.. Queries.Select(query => JsonValue.Create(query))]),
        ["searchEntryPoint"] = new JsonObject { ["renderedContent"] = RenderedContent ?? Chips() },
        ["groundingChunks"] = new JsonArray(
            [.. Sources.Select(source => new JsonObject { ["web"] = new JsonObject { ["uri"] = source.Url, ["title"] = source.Title } })]),
        ["groundingSupports"] = new JsonArray([.. SupportsIn(text)]),
    };

    private IEnumerable<JsonNode> SupportsIn(string text)
    {
        var from = 0;
        foreach (var (quote, sources) in Supports)
        {
            var at = text.IndexOf(quote, from, StringComparison.Ordinal);
            if (at < 0)
            {
                throw new InvalidOperationException($"'{quote}' is not in the text.");
            }

            from = at + quote.Length;
            var segment = new JsonObject { ["endIndex"] = Encoding.UTF8.GetByteCount(text.AsSpan(0, from)), ["text"] = quote };
            if (at > 0)
            {
                segment["startIndex"] = Encoding.UTF8.GetByteCount(text.AsSpan(0, at));
            }

            yield return new JsonObject
            {
                ["segment"] = segment,
                ["groundingChunkIndices"] = new JsonArray([.. sources.Select(source => JsonValue.Create(source))]),
            };
        }
    }

    private string Chips()
    {
        var chips = Queries.Select(query =>
            $"<a class=\"chip\" href=\"https://www.google.com/search?q={Uri.EscapeDataString(query)}\">{WebUtility.HtmlEncode(query)}</a>");
        return "<style>.container{display:flex;gap:8px}.chip{border:1px solid #d2d2d2;border-radius:16px;padding:5px 16px}</style>"
            + $"<div class=\"container\">{string.Concat(chips)}</div>";
    }
}

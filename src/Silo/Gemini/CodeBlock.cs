using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeminiChat.Silo.Gemini;

/// <summary>
/// Code that the model ran, and its output, as fenced blocks of Markdown in the reply's text. A later request takes the code back from
/// the block, and the rest of the part from its data.
/// </summary>
internal static class CodeBlock
{
    private const char Fence = '`';
    private const int MinFence = 3;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads the value of <c>executableCode</c> or <c>codeExecutionResult</c>. Starts at the member's name.</summary>
    /// <returns>The block, and the rest of the value as JSON; null when the value is not as expected.</returns>
    public static (string Text, string Data)? Read(ref Utf8JsonReader json, ReplyPartKind kind)
    {
        json.Read();
        var value = json;
        json.Skip();
        try
        {
            if (JsonNode.Parse(ref value) is not JsonObject part)
            {
                return null;
            }

            var content = part[MemberOf(kind)]?.GetValue<string>() ?? "";
            var language = kind is ReplyPartKind.Code ? part["language"]?.GetValue<string>() : null;
            part.Remove(MemberOf(kind));
            return (ToText(content, ToInfo(language)), part.ToJsonString(Json));
        }
        catch (Exception unexpected) when (unexpected is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The value of the part, to be sent back; null when the block has been cut.</summary>
    public static JsonObject? ToPart(ReplyPartKind kind, string text, string? data)
    {
        if (data is null || FindContent(text) is not { } content || JsonNode.Parse(data) is not JsonObject part)
        {
            return null;
        }

        part[MemberOf(kind)] = content;
        return part;
    }

    /// <summary>A block whose fence is longer than each run of the same character in it.</summary>
    internal static string ToText(string content, string info)
    {
        var (longest, run) = (0, 0);
        foreach (var character in content)
        {
            run = character == Fence ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        var fence = new string(Fence, Math.Max(MinFence, longest + 1));
        return $"\n{fence}{info}\n{content}\n{fence}\n";
    }

    /// <summary>What is in a block, exactly; null when the text is not one block.</summary>
    internal static string? FindContent(string text)
    {
        var fence = text.AsSpan(Math.Min(1, text.Length)).IndexOfAnyExcept(Fence);
        var start = text.IndexOf('\n', Math.Min(1, text.Length)) + 1;
        var end = text.Length - fence - 2;
        var isBlock = fence >= MinFence && text[0] == '\n' && start > 0 && end >= start
            && text.AsSpan(end).SequenceEqual($"\n{new string(Fence, fence)}\n");
        return isBlock ? text[start..end] : null;
    }

    private static string MemberOf(ReplyPartKind kind) => kind is ReplyPartKind.Code ? "code" : "output";

    // Only a word can be there: anything else could end the line.
    private static string ToInfo(string? language) =>
        language is { Length: > 0 and < 20 } && language.All(char.IsAsciiLetter) ? language.ToLowerInvariant() : "";
}

using System.Text.Json;

namespace GeminiChat.Fakes;

/// <summary>Reads members of JSON that may be missing or of another kind.</summary>
internal static class JsonMembers
{
    public static JsonElement? GetMember(this JsonElement json, string name) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var member) ? member : null;

    public static string? GetText(this JsonElement json, string name) =>
        json.GetMember(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static IEnumerable<JsonElement> GetItems(this JsonElement json, string name) =>
        json.GetMember(name) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : [];
}

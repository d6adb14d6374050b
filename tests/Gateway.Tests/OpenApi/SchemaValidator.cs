using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace GeminiChat.Gateway.Tests.OpenApi;

/// <summary>
/// Holds values to the document's schemas: the keywords that it uses, and no others. A member that a schema does not
/// name is a flaw, too: clients could not know of it.
/// </summary>
internal sealed class SchemaValidator(JsonElement document)
{
    private static readonly string[] CheckedKeywords =
    [
        "$ref", "oneOf", "anyOf", "discriminator", "type", "properties", "required", "items", "enum", "format", "pattern", "minLength", "maxLength",
        "minimum", "maximum", "description",
    ];

    /// <summary>What is wrong with a value, each with its place.</summary>
    public IEnumerable<string> FindErrors(JsonElement schema, JsonElement value, string at = "$")
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            return FindErrors(Resolve(reference.GetString()!), value, at);
        }

        if (schema.TryGetProperty("oneOf", out var choices))
        {
            var matching = choices.EnumerateArray().Count(one => !FindErrors(one, value, at).Any());
            return matching == 1 ? [] : [$"{at}: {matching} of the choices fit"];
        }

        if (schema.TryGetProperty("anyOf", out var kinds))
        {
            return kinds.EnumerateArray().Any(one => !FindErrors(one, value, at).Any()) ? [] : [$"{at}: none of the kinds fit"];
        }

        var unknown = schema.Names().Except(CheckedKeywords, StringComparer.Ordinal).Select(word => $"{at}: {word} is not checked");
        var type = schema.TryGetProperty("type", out var types) && !Types(types).Contains(TypeOf(value), StringComparer.Ordinal)
            ? [$"{at}: is no {types}"]
            : Array.Empty<string>();
        return [.. unknown, .. type, .. value.ValueKind switch
        {
            JsonValueKind.Object => FindMemberErrors(schema, value, at),
            JsonValueKind.Array => value.EnumerateArray().SelectMany((one, i) => FindErrors(schema.GetProperty("items"), one, $"{at}[{i}]")),
            JsonValueKind.String => FindTextErrors(schema, value, at),
            JsonValueKind.Number => FindNumberErrors(schema, value, at),
            _ => [],
        }];
    }

    /// <summary>The schema that a reference means.</summary>
    public JsonElement Resolve(string reference) =>
        reference.Split('/').Skip(1).Aggregate(document, (element, name) => element.GetProperty(name));

    private static IEnumerable<string?> Types(JsonElement types) =>
        types.ValueKind is JsonValueKind.Array ? types.EnumerateArray().Select(one => one.GetString()) : [types.GetString()];

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private IEnumerable<string> FindMemberErrors(JsonElement schema, JsonElement value, string at)
    {
        if (!schema.TryGetProperty("properties", out var properties))
        {
            return [];
        }

        var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(one => one.GetString()!) : [];
        return
        [
            .. required.Except(value.Names(), StringComparer.Ordinal).Select(name => $"{at}: {name} is missing"),
            .. value.EnumerateObject().SelectMany(member => properties.TryGetProperty(member.Name, out var own)
                ? FindErrors(own, member.Value, $"{at}.{member.Name}")
                : [$"{at}: {member.Name} is unknown"]),
        ];
    }

    private static IEnumerable<string> FindTextErrors(JsonElement schema, JsonElement value, string at)
    {
        var text = value.GetString()!;
        if (schema.TryGetProperty("enum", out var words) && !words.EnumerateArray().Any(one => one.ValueEquals(text)))
        {
            yield return $"{at}: is none of {words}";
        }

        if (schema.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(text, pattern.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1)))
        {
            yield return $"{at}: does not match {pattern}";
        }

        if (text.Length < Number(schema, "minLength", 0) || text.Length > Number(schema, "maxLength", int.MaxValue))
        {
            yield return $"{at}: has {text.Length} characters";
        }

        if (schema.TryGetProperty("format", out var format) && !MatchesFormat(format.GetString()!, text))
        {
            yield return $"{at}: is no {format}";
        }
    }

    private static IEnumerable<string> FindNumberErrors(JsonElement schema, JsonElement value, string at) =>
        value.GetDouble() < Number(schema, "minimum", double.MinValue) || value.GetDouble() > Number(schema, "maximum", double.MaxValue)
            ? [$"{at}: {value} is too much or too little"]
            : [];

    private static double Number(JsonElement schema, string word, double otherwise) =>
        schema.TryGetProperty(word, out var bound) ? bound.GetDouble() : otherwise;

    private static bool MatchesFormat(string format, string text) => format switch
    {
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "binary" => true,
        "date-time" => DateTimeOffset.TryParseExact(
            text, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
        _ => false,
    };
}

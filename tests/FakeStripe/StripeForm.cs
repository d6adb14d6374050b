using System.Net;
using System.Text.RegularExpressions;

namespace GeminiChat.Fakes;

/// <summary>Parameters as Stripe takes them: <c>a[b][0][c]=value</c>, in a body or a query, brackets escaped or not.</summary>
public sealed partial class StripeForm
{
    private StripeForm(IReadOnlyList<KeyValuePair<string, string>> fields) => Fields = fields;

    /// <summary>The parameters, decoded, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; }

    /// <summary>The value of a parameter; null without one. An empty value unsets, so it counts as none.</summary>
    public string? this[string name] => Fields.LastOrDefault(field => field.Key == name).Value is { Length: > 0 } value ? value : null;

    /// <summary>Reads parameters.</summary>
    /// <exception cref="FakeStripeError">A name is not well-formed, or comes twice.</exception>
    public static StripeForm Parse(string text)
    {
        var fields = text.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(Field).ToList();
        return fields.FirstOrDefault(field => !Name().IsMatch(field.Key)).Key is { } odd
            ? throw FakeStripeError.Invalid($"Invalid parameter name: {odd}", odd)
            : fields.Where(field => !field.Key.EndsWith("[]", StringComparison.Ordinal)).CountBy(field => field.Key).FirstOrDefault(name => name.Value > 1).Key is { } twice
                ? throw FakeStripeError.Invalid($"Received the parameter {twice} twice.", twice)
                : new StripeForm(fields);
    }

    /// <summary>The fields of a map, such as <c>metadata</c>.</summary>
    public IReadOnlyDictionary<string, string> Map(string name) => Fields
        .Where(field => field.Key.StartsWith(name + "[", StringComparison.Ordinal))
        .ToDictionary(field => field.Key[(name.Length + 1)..^1], field => field.Value, StringComparer.Ordinal);

    /// <summary>Refuses parameters that Stripe would not know.</summary>
    /// <exception cref="FakeStripeError">There is one.</exception>
    public void AllowOnly(params string[] names)
    {
        if (Fields.Select(field => field.Key.Split('[')[0]).Except(names, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw FakeStripeError.Invalid($"Received unknown parameter: {unknown}", unknown, "parameter_unknown");
        }
    }

    /// <summary>The parameters whatever their order, to compare.</summary>
    public override string ToString() => string.Join('\n', Fields.Select(field => $"{field.Key}={field.Value}").Order(StringComparer.Ordinal));

    private static KeyValuePair<string, string> Field(string text)
    {
        var parts = text.Split('=', 2);
        return KeyValuePair.Create(WebUtility.UrlDecode(parts[0]), parts.Length > 1 ? WebUtility.UrlDecode(parts[1]) : "");
    }

    [GeneratedRegex(@"^\w+(\[\w*\])*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}

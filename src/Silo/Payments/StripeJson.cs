using System.Text.Json;

namespace GeminiChat.Silo.Payments;

/// <summary>Reads Stripe's objects of any API version.</summary>
internal static class StripeJson
{
    /// <summary>The value at a path of nested members; null when there is none.</summary>
    public static JsonElement? At(this JsonElement json, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (json.ValueKind is not JsonValueKind.Object || !json.TryGetProperty(name, out json))
            {
                return null;
            }
        }

        return json;
    }

    /// <summary>
    /// The text of a member; null when there is none, or when it contains a NUL, which PostgreSQL cannot store.
    /// </summary>
    public static string? Text(this JsonElement json, params ReadOnlySpan<string> path) =>
        json.At(path) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } filled && !filled.Contains('\0')
            ? filled
            : null;

    /// <summary>The id of the object of a member, which holds either the id or the expanded object.</summary>
    public static string? Id(this JsonElement json, params ReadOnlySpan<string> path) =>
        json.Text(path) ?? json.Text([.. path, "id"]);

    /// <summary>The user id that was given to Stripe when the object was created.</summary>
    public static Guid? User(this JsonElement json, params ReadOnlySpan<string> path) =>
        Guid.TryParse(json.Text(path), out var user) ? user : null;

    /// <summary>The time of a member, which is in Unix seconds; null when there is none.</summary>
    public static DateTimeOffset? Time(this JsonElement json, params ReadOnlySpan<string> path) =>
        json.At(path) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var seconds) && IsTime(seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static bool IsTime(long seconds) =>
        seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds();
}

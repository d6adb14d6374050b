using System.Text.Json;

namespace GeminiChat.Silo.Payments;

/// <summary>Reads Stripe's objects whatever the version of its interface that they were made for.</summary>
internal static class StripeJson
{
    /// <summary>What members inside each other lead to; null where there is none.</summary>
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

    /// <summary>The text of a member; null where there is none, or one with a NUL, which PostgreSQL cannot keep.</summary>
    public static string? Text(this JsonElement json, params ReadOnlySpan<string> path) =>
        json.At(path) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } filled && !filled.Contains('\0')
            ? filled
            : null;

    /// <summary>The id of an object that is named by a member, or is expanded there.</summary>
    public static string? Id(this JsonElement json, params ReadOnlySpan<string> path) =>
        json.Text(path) ?? json.Text([.. path, "id"]);

    /// <summary>The user that was told to Stripe at an object's creation.</summary>
    public static Guid? User(this JsonElement json, params ReadOnlySpan<string> path) =>
        Guid.TryParse(json.Text(path), out var user) ? user : null;

    /// <summary>The time of a member, in seconds since 1970; null where there is none.</summary>
    public static DateTimeOffset? Time(this JsonElement json, params ReadOnlySpan<string> path) =>
        json.At(path) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var seconds) && IsTime(seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static bool IsTime(long seconds) =>
        seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds();
}

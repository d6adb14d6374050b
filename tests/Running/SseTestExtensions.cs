using System.Net.ServerSentEvents;
using System.Text.Json;

namespace GeminiChat.Running;

/// <summary>What tests look at in events.</summary>
public static class SseTestExtensions
{
    public static string Text(this IEnumerable<SseItem<string>> events) =>
        string.Concat(events.Where(item => item.EventType == "token").Select(item => item.Json().GetProperty("text").GetString()));

    public static JsonElement Json(this SseItem<string> item) => JsonElement.Parse(item.Data);

    public static long Id(this JsonElement message) => message.GetProperty("id").GetInt64();

    public static string Content(this JsonElement message) => message.GetProperty("content").GetString()!;

    public static string Status(this JsonElement message) => message.GetProperty("status").GetString()!;

    public static string? Reason(this JsonElement message) =>
        message.TryGetProperty("error", out var error) ? error.GetProperty("reason").GetString() : null;
}

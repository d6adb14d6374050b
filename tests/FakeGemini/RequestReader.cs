using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Routing;

namespace GeminiChat.Fakes;

/// <summary>Reads a request as it came, whatever is wrong with it.</summary>
internal static class RequestReader
{
    public static async Task<RecordedRequest> Read(HttpContext context, string method, TimeProvider time)
    {
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        return Request(context, method, time, Parse(bytes.ToArray()));
    }

    public static RecordedRequest WithoutBody(HttpContext context, string method, TimeProvider time) =>
        Request(context, method, time, default);

    private static RecordedRequest Request(HttpContext context, string method, TimeProvider time, JsonElement body) => new()
    {
        Version = (string)context.GetRouteValue("version")!,
        Model = (string)context.GetRouteValue("model")!,
        Method = method,
        Path = context.Request.GetEncodedPathAndQuery(),
        IsSse = context.Request.Query["alt"] == "sse",
        Headers = context.Request.Headers.ToDictionary(
            header => header.Key,
            header => header.Value.ToString(),
            StringComparer.OrdinalIgnoreCase),
        At = time.GetUtcNow(),
        Body = body,
        Turns = [.. Items(body, "contents").Select(Turn)],
        System = Member(body, "systemInstruction") is { } system ? Turn(system).Text : null,
    };

    private static RecordedContent Turn(JsonElement content) =>
        new(Text(content, "role"), [.. Items(content, "parts").Select(part => Text(part, "text") ?? string.Empty)]);

    private static JsonElement Parse(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static IEnumerable<JsonElement> Items(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : [];

    private static string? Text(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Member(JsonElement json, string name) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var member) ? member : null;
}

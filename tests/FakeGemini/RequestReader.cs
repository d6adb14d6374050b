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
        Model = context.GetRouteValue("model") as string ?? string.Empty,
        Method = method,
        Path = context.Request.GetEncodedPathAndQuery(),
        IsSse = context.Request.Query["alt"] == "sse",
        Headers = context.Request.Headers.ToDictionary(
            header => header.Key,
            header => header.Value.ToString(),
            StringComparer.OrdinalIgnoreCase),
        At = time.GetUtcNow(),
        Body = body,
        Turns = [.. body.GetItems("contents").Select(Turn)],
        System = body.GetMember("systemInstruction") is { } system ? Turn(system).Text : null,
    };

    private static RecordedContent Turn(JsonElement content) =>
        new(content.GetText("role"), [.. content.GetItems("parts").Select(part => new RecordedPart(part))]);

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
}

using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Web;

/// <summary>Which bodies are read: JSON in UTF-8, as it is.</summary>
internal static class BodyType
{
    public const string Json = "application/json";

    public static bool IsJson(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0)
        {
            return false;
        }

        var type = request.ContentType;
        if (string.Equals(type, Json, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        return MediaTypeHeaderValue.TryParse(type, out var parsed)
            && request.HasJsonContentType()
            && (!parsed.Charset.HasValue || parsed.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }
}

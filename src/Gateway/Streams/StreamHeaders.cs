namespace GeminiChat.Gateway.Streams;

/// <summary>The headers of an answer that comes bit by bit.</summary>
internal static class StreamHeaders
{
    /// <summary>Nothing on the way may keep it, hold it back, or change it, as by compressing.</summary>
    public static void BeginStream(this HttpResponse response, string contentType)
    {
        response.ContentType = contentType;
        response.Headers.CacheControl = "no-cache, no-store, no-transform";
        response.Headers["X-Accel-Buffering"] = "no";
    }
}

namespace GeminiChat.Fakes;

/// <summary>What Gemini reads beside text.</summary>
internal static class MediaTypes
{
    private static readonly string[] Known =
        ["image/png", "image/jpeg", "image/webp", "image/heic", "image/heif", "application/pdf", "application/json"];

    public static bool IsRead(string? type) =>
        type is not null && (Known.Contains(type, StringComparer.Ordinal)
            || type.StartsWith("text/", StringComparison.Ordinal)
            || type.StartsWith("audio/", StringComparison.Ordinal)
            || type.StartsWith("video/", StringComparison.Ordinal));
}

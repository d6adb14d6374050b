namespace GeminiChat.Gateway.Web;

/// <summary>Limits of lengths. The length of text is counted in UTF-16 code units.</summary>
internal static class SizeLimits
{
    public const int MaxBodyBytes = 128 * 1024;
    public const int MaxContentLength = 32_000;
    public const int MaxNameLength = 200;
    public const int MaxSystemPromptLength = 8_000;
    public const int MaxFeedbackCommentLength = 2_000;
    public const int MaxAttachments = 10;
    public const int MaxIdempotencyKeyLength = 255;
    public const int MaxModelLength = 200;

    /// <summary>OWASP ASVS 5.0, 6.2.1.</summary>
    public const int MinPasswordLength = 8;

    /// <summary>Bounds the work of hashing. ASVS requires that at least 64 are allowed.</summary>
    public const int MaxPasswordLength = 128;

    public const int MaxMessagesPerPage = 100;

    /// <summary>A slow reader holds a page in memory. Only a page with a single message may be larger.</summary>
    public const int MaxPageBytes = 1024 * 1024;
}

using Microsoft.AspNetCore.Http.Metadata;

namespace GeminiChat.Gateway.Web;

/// <summary>A limit of a route's own for the body, in bytes.</summary>
internal sealed class RequestSizeLimit(long bytes) : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => bytes;
}

/// <summary>How long things may be. Text is counted in UTF-16 code units.</summary>
internal static class SizeLimits
{
    public const int MaxBodyBytes = 128 * 1024;
    public const int MaxContentLength = 32_000;
    public const int MaxNameLength = 200;
    public const int MaxSystemPromptLength = 8_000;
    public const int MaxIdempotencyKeyLength = 255;

    /// <summary>OWASP ASVS 5.0, 6.2.1.</summary>
    public const int MinPasswordLength = 8;

    /// <summary>Bounds the work of hashing; ASVS asks to allow at least 64.</summary>
    public const int MaxPasswordLength = 128;

    /// <summary>The most messages in one page of a room.</summary>
    public const int MaxMessagesPerPage = 100;

    /// <summary>The most bytes in one page of a room, unless it is a single message: what a slow reader holds in memory.</summary>
    public const int MaxPageBytes = 1024 * 1024;
}

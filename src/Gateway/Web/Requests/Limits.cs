using Microsoft.AspNetCore.Http.Metadata;

namespace GeminiChat.Gateway.Web;

/// <summary>A limit of a route's own for the body, in bytes.</summary>
internal sealed class RequestSizeLimit(long bytes) : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => bytes;
}

/// <summary>How long things may be. Text is counted in UTF-16 code units.</summary>
internal static class Limits
{
    public const int BodyBytes = 128 * 1024;
    public const int Content = 32_000;
    public const int Name = 200;
    public const int SystemPrompt = 8_000;
    public const int IdempotencyKey = 255;

    /// <summary>OWASP ASVS 5.0, 6.2.1.</summary>
    public const int PasswordMin = 8;

    /// <summary>Bounds the work of hashing; ASVS asks to allow at least 64.</summary>
    public const int PasswordMax = 128;

    /// <summary>The most messages in one page of a room.</summary>
    public const int MessagePage = 100;

    /// <summary>The most bytes in one page of a room, unless it is a single message: what a slow reader holds in memory.</summary>
    public const int PageBytes = 1024 * 1024;
}

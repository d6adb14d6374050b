using Microsoft.AspNetCore.Http.Metadata;

namespace GeminiChat.Gateway.Web;

/// <summary>A limit of a route's own for the body, in bytes.</summary>
internal sealed class RequestLimit(long bytes) : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => bytes;
}

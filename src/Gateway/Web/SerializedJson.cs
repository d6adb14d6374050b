using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Web;

/// <summary>The bytes of a JSON answer.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="version">The version of the resource, if <c>If-Match</c> takes it: then the entity tag begins with it.</param>
internal sealed class SerializedJson(byte[] bytes, long? version = null)
{
    private const int TagBytes = 16;
    private string? _tag;

    public ReadOnlyMemory<byte> Bytes => bytes;

    public static SerializedJson Of<T>(T answer, JsonTypeInfo<T> type) => new(JsonSerializer.SerializeToUtf8Bytes(answer, type));

    /// <summary>A strong entity tag: equal if and only if the bytes are equal.</summary>
    public string ETag => _tag ??= IfMatch.ToETag(version, Base64Url.EncodeToString(SHA256.HashData(bytes).AsSpan(0, TagBytes)));
}

/// <summary>
/// Serializes each immutable answer of a grain once. In one process, a grain returns the same instance until something
/// changes, so the instance is the key. An entry ends with its key.
/// </summary>
internal sealed class InstanceCache<TSource, TRendered>(Func<TSource, TRendered> render)
    where TSource : class
    where TRendered : class
{
    private readonly ConditionalWeakTable<TSource, TRendered> _cache = [];

    public TRendered GetOrAdd(TSource source) =>
        _cache.TryGetValue(source, out var known) ? known : _cache.GetOrAdd(source, render(source));
}

/// <summary>Writes the bytes, or 304 if the client has them already.</summary>
/// <param name="body">The bytes.</param>
/// <param name="link">The <c>Link</c> header, if there is a next page.</param>
/// <param name="tagged">Whether to send an <c>ETag</c> and check <c>If-None-Match</c>.</param>
internal sealed class SerializedJsonResult(SerializedJson body, string? link = null, bool tagged = false) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        if (tagged)
        {
            response.Headers.ETag = body.ETag;
            if (IsNotModified(httpContext.Request, body.ETag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
        }

        if (link is not null)
        {
            response.Headers.Link = link;
        }

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Bytes.Length;
        return response.Body.WriteAsync(body.Bytes, httpContext.RequestAborted).AsTask();
    }

    private static bool IsNotModified(HttpRequest request, string tag)
    {
        var known = request.Headers.IfNoneMatch;
        if (known.Count == 0)
        {
            return false;
        }

        return known == tag
            || (EntityTagHeaderValue.TryParseList(known, out var tags) && tags.Any(one => IsMatch(one, tag)));
    }

    // RFC 9110, 13.1.2: the weak comparison.
    private static bool IsMatch(EntityTagHeaderValue one, string tag) =>
        one.Equals(EntityTagHeaderValue.Any) || ResponseCompression.IsETagOf(one.Tag.AsSpan(), tag);
}

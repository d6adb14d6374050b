using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Web;

/// <summary>A JSON answer's bytes.</summary>
internal sealed class SerializedJson(byte[] bytes)
{
    private const int TagBytes = 16;
    private string? _tag;

    public ReadOnlyMemory<byte> Bytes => bytes;

    public static SerializedJson Of<T>(T answer, JsonTypeInfo<T> type) => new(JsonSerializer.SerializeToUtf8Bytes(answer, type));

    /// <summary>A strong entity tag: equal exactly when the bytes are.</summary>
    public string ETag =>
        _tag ??= $"\"{Base64Url.EncodeToString(SHA256.HashData(bytes).AsSpan(0, TagBytes))}\"";
}

/// <summary>
/// Renders each immutable answer of a grain once. In one process a grain hands out the same instance until something
/// changes, so the instance stands for its bytes, and they are forgotten together.
/// </summary>
/// <typeparam name="TSource">What the grain answers.</typeparam>
/// <typeparam name="TRendered">What is sent for it.</typeparam>
internal sealed class InstanceCache<TSource, TRendered>(Func<TSource, TRendered> render)
    where TSource : class
    where TRendered : class
{
    private readonly ConditionalWeakTable<TSource, TRendered> _cache = [];

    public TRendered GetOrAdd(TSource source) =>
        _cache.TryGetValue(source, out var known) ? known : _cache.GetOrAdd(source, render(source));
}

/// <summary>Writes rendered bytes, or 304 when the client has them.</summary>
/// <param name="body">The bytes.</param>
/// <param name="link">The <c>Link</c> header, if there is a next page.</param>
/// <param name="tagged">Whether clients may ask again with <c>If-None-Match</c>.</param>
internal sealed class SerializedJsonResult(SerializedJson body, string? link = null, bool tagged = false) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        if (link is not null)
        {
            response.Headers.Link = link;
        }

        if (tagged)
        {
            response.Headers.ETag = body.ETag;
            if (IsNotModified(httpContext.Request, body.ETag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
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
        one.Equals(EntityTagHeaderValue.Any) || one.Tag.Equals(tag, StringComparison.Ordinal);
}

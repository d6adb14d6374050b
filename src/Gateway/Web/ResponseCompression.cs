using System.IO.Compression;
using System.Net.Mime;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Web;

/// <summary>
/// Compresses large JSON and the files of the page. Only routes that ask for it take part: streams and small answers pay nothing,
/// and an answer with a token or a code next to what a request sent is never compressed (BREACH).
/// </summary>
internal static class ResponseCompression
{
    /// <summary>A smaller answer fits one packet anyway.</summary>
    public const int MinBytes = 1024;

    private static readonly string[] MediaTypes =
    [
        MediaTypeNames.Application.Json, MediaTypeNames.Text.Html, MediaTypeNames.Text.Css, MediaTypeNames.Text.JavaScript, "image/svg+xml",
    ];

    public static void AddCompression(this IServiceCollection services)
    {
        services.AddSingleton<IResponseCompressionProvider, CompressionProvider>();
        services.AddResponseCompression(static options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = MediaTypes;
        });
        services.Configure<BrotliCompressionProviderOptions>(static brotli => brotli.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(static gzip => gzip.Level = CompressionLevel.Fastest);
    }

    /// <summary>It must come after the routing.</summary>
    public static void UseCompression(this WebApplication app)
    {
        app.Use(static (http, next) =>
        {
            if (http.GetEndpoint() is not { } route)
            {
                AllowWeakTags(http.Request.Headers);
            }
            else if (route.Metadata.GetMetadata<CompressMetadata>() is not null)
            {
                http.Response.VaryByEncoding();
            }

            return next(http);
        });
        app.UseWhen(IsCompressible, static compressed => compressed.UseResponseCompression());
    }

    /// <summary>Compresses the answers of the route, if they are large.</summary>
    public static TBuilder Compress<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new CompressMetadata());

    /// <summary>The answer depends on <c>Accept-Encoding</c>, also where it has no body, such as 304.</summary>
    public static void VaryByEncoding(this HttpResponse response)
    {
        if (!response.Headers.Vary.Contains(HeaderNames.AcceptEncoding, StringComparer.OrdinalIgnoreCase))
        {
            response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        }
    }

    /// <summary>The entity tag of a form of an answer.</summary>
    public static string ToETag(string tag, string encoding) => $"{tag.AsSpan(0, tag.Length - 1)}-{encoding}\"";

    /// <summary>Whether an entity tag is that of an answer or of a compressed form of it.</summary>
    public static bool IsETagOf(ReadOnlySpan<char> known, string tag) =>
        known.SequenceEqual(tag)
        || (known.StartsWith(tag.AsSpan(0, tag.Length - 1), StringComparison.Ordinal) && known[(tag.Length - 1)..] is "-br\"" or "-gzip\"");

    /// <summary>The framework compares the tags of files by the strong comparison; <c>If-None-Match</c> has the weak one (RFC 9110, 13.1.2).</summary>
    private static void AllowWeakTags(IHeaderDictionary request)
    {
        if (request.IfNoneMatch.ToString() is { Length: > 0 } known)
        {
            request.IfNoneMatch = known.Replace("W/\"", "\"", StringComparison.Ordinal);
        }
    }

    /// <summary>A route that asks for it, or a file of the page, which has no route. An event stream must not pass through another buffer.</summary>
    private static bool IsCompressible(HttpContext http) =>
        (http.GetEndpoint() is not { } route || route.Metadata.GetMetadata<CompressMetadata>() is not null)
        && !AcceptsEvents(http.Request.Headers.Accept);

    private static bool AcceptsEvents(StringValues accept) =>
        accept.Any(static one => one?.Contains(MediaTypeNames.Text.EventStream, StringComparison.OrdinalIgnoreCase) is true);

    private sealed class CompressMetadata;
}

/// <summary>Decides for each answer.</summary>
internal sealed class CompressionProvider(IServiceProvider services, IOptions<ResponseCompressionOptions> options)
    : ResponseCompressionProvider(services, options)
{
    public override bool ShouldCompressResponse(HttpContext context)
    {
        var response = context.Response;
        return response.ContentLength is null or >= ResponseCompression.MinBytes
            && response.StatusCode is StatusCodes.Status200OK
            && response.Headers.ContentEncoding.Count == 0
            && base.ShouldCompressResponse(context);
    }

    /// <summary>
    /// A strong entity tag belongs to one form of an answer (RFC 9110, 8.8.3.3). A file of the page gets a weak one: parts of it
    /// must not be put together with parts of the other form.
    /// </summary>
    public override ICompressionProvider? GetCompressionProvider(HttpContext context)
    {
        var chosen = base.GetCompressionProvider(context);
        if (chosen is not null && context.Response.Headers.ETag.ToString() is ['"', .., '"'] tag)
        {
            context.Response.Headers.ETag = context.GetEndpoint() is null ? $"W/{tag}" : ResponseCompression.ToETag(tag, chosen.EncodingName);
        }

        return chosen;
    }
}

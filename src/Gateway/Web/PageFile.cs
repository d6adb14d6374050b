using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;

namespace GeminiChat.Gateway.Web;

/// <summary>A file of the page with its compressed forms, which are made once, when they are first asked for.</summary>
internal sealed class PageFile
{
    // Above this size, the best level takes seconds and saves little.
    private const int MaxBestBytes = 512 * 1024;
    private const int BestQuality = 11;
    private const int GoodQuality = 9;

    private static readonly FileExtensionContentTypeProvider ContentTypes = new();

    private readonly Lazy<byte[]> _brotli;
    private readonly Lazy<byte[]> _gzip;

    public PageFile(string path, byte[] content)
    {
        Content = content;
        ContentType = ContentTypes.TryGetContentType(path, out var known) ? known : "application/octet-stream";
        ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"";
        _brotli = new Lazy<byte[]>(() => Compress(CreateBrotli));
        _gzip = new Lazy<byte[]>(() => Compress(static to => new GZipStream(to, CompressionLevel.SmallestSize)));
    }

    public byte[] Content { get; }

    public string ContentType { get; }

    public string ETag { get; }

    /// <summary>The best form that the request accepts; a part of a file is never compressed.</summary>
    public (byte[] Body, string? Encoding) Choose(HttpRequest request)
    {
        var isText = ContentType.StartsWith("text/", StringComparison.Ordinal) || ContentType is "image/svg+xml" or "application/manifest+json";
        if (!isText || Content.Length < ResponseCompression.MinBytes || request.Headers.Range.Count > 0)
        {
            return (Content, null);
        }

        var accepted = request.GetTypedHeaders().AcceptEncoding;
        bool Accepts(string encoding) =>
            accepted.Any(one => one.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && one.Quality is not 0);
        return Accepts("br") ? (_brotli.Value, "br") : Accepts("gzip") ? (_gzip.Value, "gzip") : (Content, null);
    }

    private BrotliStream CreateBrotli(Stream to) => new(
        to, new BrotliCompressionOptions { Quality = Content.Length > MaxBestBytes ? GoodQuality : BestQuality });

    private byte[] Compress(Func<Stream, Stream> create)
    {
        var compressed = new MemoryStream();
        using (var stream = create(compressed))
        {
            stream.Write(Content);
        }

        return compressed.ToArray();
    }
}

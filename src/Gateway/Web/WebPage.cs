using GeminiChat.Gateway.Settings;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Web;

/// <summary>The page at <c>/</c> and what it needs, all from <c>wwwroot</c>.</summary>
internal static class WebPage
{
    // The browser lets HTML into the page at one place only: see wwwroot/core/dom.js.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; worker-src 'self'; frame-src 'self'; "
        + "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        + "trusted-types reply";

    // A frame with a foreign library, which needs styles of its own. The sandbox takes its origin from it, and so the session and the API.
    private const string DiagramPolicy =
        "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
        + "sandbox allow-scripts";

    private const string Diagram = "/chat/diagram.html";

    // The address contains the hash of the files, so its content never changes.
    private const string Immutable = "public, max-age=31536000, immutable";

    public static void UseWebPage(this WebApplication app)
    {
        var hasWorker = app.Services.GetRequiredService<IOptions<PageOptions>>().Value.WorksOffline;
        var page = new CurrentPage(app.Environment.WebRootFileProvider, hasWorker, app.Environment.IsDevelopment());
        app.Use((http, next) =>
        {
            var isRead = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
            return isRead && http.GetEndpoint() is null && http.Request.Path.Value is { Length: > 0 } path && page.Read(path).Find(path) is var (file, isThisVersion)
                ? SendAsync(http, file, CacheRuleOf(path, isThisVersion), path.EndsWith(Diagram, StringComparison.Ordinal) ? DiagramPolicy : ContentSecurityPolicy)
                : next(http);
        });
    }

    private static string CacheRuleOf(string path, bool isThisVersion) =>
        isThisVersion ? Immutable
        : path.StartsWith(PageFiles.AssetsPath, StringComparison.Ordinal) ? ResponseHeaderExtensions.NoStore
        : "no-cache";

    private static Task SendAsync(HttpContext http, PageFile file, string cacheRule, string policy)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = cacheRule;
        http.Response.VaryByEncoding();
        var (body, encoding) = file.Choose(http.Request);
        if (encoding is not null)
        {
            headers.ContentEncoding = encoding;
        }

        var tag = encoding is null ? file.ETag : ResponseCompression.ToETag(file.ETag, encoding);
        var answer = TypedResults.Bytes(
            body, file.ContentType, enableRangeProcessing: encoding is null, entityTag: EntityTagHeaderValue.Parse(tag));
        return answer.ExecuteAsync(http);
    }

    /// <summary>The files, read at the first request. In Development they are read again after a change.</summary>
    private sealed class CurrentPage(IFileProvider files, bool hasWorker, bool canChange)
    {
        private readonly Lock _lock = new();
        private PageFiles? _page;
        private string _fingerprint = "";

        public PageFiles Read(string path)
        {
            // The files of a version that the browser already knows need no look at the disk.
            if (_page is { } page && (!canChange || path.StartsWith(PageFiles.AssetsPath, StringComparison.Ordinal)))
            {
                return page;
            }

            lock (_lock)
            {
                var fingerprint = canChange ? PageFiles.FingerprintOf(files) : "";
                if (_page is null || fingerprint != _fingerprint)
                {
                    (_page, _fingerprint) = (new PageFiles(files, hasWorker), fingerprint);
                }

                return _page;
            }
        }
    }
}

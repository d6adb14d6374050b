namespace GeminiChat.Gateway.Web;

/// <summary>The page at <c>/</c> and what it needs, all from <c>wwwroot</c>.</summary>
internal static class WebPage
{
    // The browser lets HTML into the page at one place only: see wwwroot/dom.js.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types reply";

    public static void UseWebPage(this WebApplication app)
    {
        var files = new FileServerOptions();
        files.StaticFileOptions.OnPrepareResponse = static context =>
        {
            var headers = context.Context.Response.Headers;
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
            headers["Referrer-Policy"] = "no-referrer";
            context.Context.Response.VaryByEncoding();

            // After an update, all modules of the page must be of the same version.
            headers.CacheControl = "no-cache";
        };
        app.UseFileServer(files);
    }
}

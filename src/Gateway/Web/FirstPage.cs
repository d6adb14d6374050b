namespace GeminiChat.Gateway.Web;

/// <summary>The page at <c>/</c> and what it needs, all from <c>wwwroot</c>.</summary>
internal static class FirstPage
{
    private const string OnlyOurs =
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void UseFirstPage(this WebApplication app)
    {
        var files = new FileServerOptions();
        files.StaticFileOptions.OnPrepareResponse = context =>
        {
            context.Context.Response.Headers.ContentSecurityPolicy = OnlyOurs;
            context.Context.Response.Headers["Referrer-Policy"] = "no-referrer";
        };
        app.UseFileServer(files);
    }
}

namespace GeminiChat.Gateway.Web;

/// <summary>
/// The AI SDK shows the body of an error to the user as it is. So on its routes the body is the <c>detail</c> alone, unless the client
/// asks for JSON, or has no <c>Accept</c> header, as <c>fetch</c> always has.
/// </summary>
internal static class PlainTextProblems
{
    public const string MediaType = "text/plain; charset=utf-8";

    private const string Routes = "/ai";

    public static bool IsFor(HttpRequest request) =>
        request.Path.StartsWithSegments(Routes, StringComparison.OrdinalIgnoreCase)
        && request.Headers.Accept is { Count: > 0 } accept && !accept.ToString().Contains("json", StringComparison.OrdinalIgnoreCase);
}

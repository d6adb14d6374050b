namespace GeminiChat.Gateway.Web;

/// <summary>The errors that several features share.</summary>
internal static class Problems
{
    public static Problem Unauthorized { get; } =
        new(StatusCodes.Status401Unauthorized, "This needs a valid access token: Authorization: Bearer <token>.")
        {
            Type = ProblemTypes.SessionEnded,
        };

    public static Problem Unavailable { get; } =
        new(StatusCodes.Status503ServiceUnavailable, "The service cannot do this at the moment. Try again shortly.", retryAfter: 2)
        {
            Type = ProblemTypes.Busy,
        };

    public static Problem Starting { get; } =
        new(StatusCodes.Status503ServiceUnavailable, "This server is starting: it waits for its cluster.", retryAfter: 1)
        {
            Type = ProblemTypes.Restarting,
        };

    public static Problem Stopping { get; } =
        new(StatusCodes.Status503ServiceUnavailable, "This server is restarting. Send the same request again.", retryAfter: 1)
        {
            Type = ProblemTypes.Restarting,
        };

    public static Problem BadRequest(string detail, string type = ProblemTypes.None) => new(StatusCodes.Status400BadRequest, detail) { Type = type };

    /// <summary>The problem for a status without a body, which routing or the web server sets.</summary>
    public static Problem ForStatus(int status) => new(status, status switch
    {
        StatusCodes.Status400BadRequest => "The request could not be read.",
        StatusCodes.Status404NotFound => "There is nothing at this address.",
        StatusCodes.Status405MethodNotAllowed => "This method is not allowed here. The Allow header lists the methods that are.",
        StatusCodes.Status408RequestTimeout => "The request arrived too slowly.",
        StatusCodes.Status413PayloadTooLarge => $"The body is larger than {SizeLimits.MaxBodyBytes / 1024} KB.",
        StatusCodes.Status415UnsupportedMediaType =>
            "The body must be JSON: Content-Type: application/json, in UTF-8 and not compressed.",
        StatusCodes.Status500InternalServerError => "Something went wrong here. It has been logged.",
        _ => "The request was refused.",
    });
}

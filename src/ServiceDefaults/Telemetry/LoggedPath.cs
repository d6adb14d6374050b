namespace GeminiChat.ServiceDefaults.Telemetry;

/// <summary>The path of a request as logs and traces may show it: without the token of a share.</summary>
internal static class LoggedPath
{
    private static readonly string[] TokenPaths = ["/s", "/shared"];

    public static string Of(PathString path) =>
        TokenPaths.FirstOrDefault(prefix => path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase)) is { } found
            ? $"{found}/{{token}}"
            : path.Value ?? "";
}

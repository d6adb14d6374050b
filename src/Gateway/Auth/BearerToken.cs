namespace GeminiChat.Gateway.Auth;

/// <summary>The credentials of an <c>Authorization</c> header with the scheme <c>Bearer</c> (RFC 6750, 2.1).</summary>
internal static class BearerToken
{
    private const string Prefix = "Bearer ";

    /// <summary>The text after the scheme; null without exactly one such header.</summary>
    public static string? Find(HttpRequest request) =>
        request.Headers.Authorization is [{ } header] && header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? header[Prefix.Length..].Trim()
            : null;
}

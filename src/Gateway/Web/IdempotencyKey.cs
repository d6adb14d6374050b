using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Primitives;

namespace GeminiChat.Gateway.Web;

/// <summary>The <c>Idempotency-Key</c> header: 1 to 255 visible ASCII characters, once.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    public const string Meaning =
        "1 to 255 visible ASCII characters. A repeat with the same key is answered as the first request was. After a 503 or "
        + "a lost connection, which leave open whether the request was carried out, repeat it with its key.";

    public static Problem Malformed { get; } =
        Problems.BadRequest($"{Header} must be 1 to {Limits.IdempotencyKey} visible ASCII characters.");

    /// <summary>Reads the header.</summary>
    /// <param name="request">The request.</param>
    /// <param name="key">Null when there is none.</param>
    /// <param name="problem">Why the header is refused.</param>
    public static bool TryRead(HttpRequest request, out string? key, [NotNullWhen(false)] out Problem? problem)
    {
        key = null;
        problem = null;
        if (!request.Headers.TryGetValue(Header, out var values))
        {
            return true;
        }

        if (!IsKey(values))
        {
            problem = Malformed;
            return false;
        }

        key = values[0];
        return true;
    }

    private static bool IsKey(StringValues values) =>
        values is [{ Length: >= 1 and <= Limits.IdempotencyKey } key] && !key.AsSpan().ContainsAnyExceptInRange('!', '~');
}

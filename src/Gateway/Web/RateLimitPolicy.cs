using System.Globalization;

namespace GeminiChat.Gateway.Web;

/// <summary>A limit in the headers of draft-ietf-httpapi-ratelimit-headers-11.</summary>
internal sealed record RateLimitPolicy(string Name, int Quota, TimeSpan Window)
{
    /// <summary>Rounds up to whole seconds, at least one.</summary>
    public static int ToRetryAfterSeconds(TimeSpan wait) => Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));

    /// <summary>Writes both headers. <c>reset</c>: seconds until more is allowed; null if unknown.</summary>
    public void WriteHeaders(HttpResponse response, long remaining, int? reset)
    {
        var t = reset is null ? "" : string.Create(CultureInfo.InvariantCulture, $";t={reset}");
        response.Headers["RateLimit-Policy"] =
            string.Create(CultureInfo.InvariantCulture, $"\"{Name}\";q={Quota};w={(long)Window.TotalSeconds}");
        response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{Name}\";r={remaining}{t}");
    }
}

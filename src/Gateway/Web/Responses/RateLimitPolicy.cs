using System.Globalization;

namespace GeminiChat.Gateway.Web;

/// <summary>A limit as draft-ietf-httpapi-ratelimit-headers-11 tells it to clients.</summary>
/// <param name="Name">The policy's name.</param>
/// <param name="Quota">How many.</param>
/// <param name="Window">In how long a time.</param>
internal sealed record RateLimitPolicy(string Name, int Quota, TimeSpan Window)
{
    /// <summary>Whole seconds that are not too short: at least one.</summary>
    public static int ToRetryAfterSeconds(TimeSpan wait) => Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));

    /// <summary>Writes both headers.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="remaining">How many are left.</param>
    /// <param name="reset">Seconds until there are more; null when that is not known.</param>
    public void WriteHeaders(HttpResponse response, long remaining, int? reset)
    {
        var t = reset is null ? "" : string.Create(CultureInfo.InvariantCulture, $";t={reset}");
        response.Headers["RateLimit-Policy"] =
            string.Create(CultureInfo.InvariantCulture, $"\"{Name}\";q={Quota};w={(long)Window.TotalSeconds}");
        response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{Name}\";r={remaining}{t}");
    }
}

using System.ComponentModel.DataAnnotations;

namespace GeminiChat.Gateway.Settings;

/// <summary>Limits for the requests of one user, and the HSTS header.</summary>
internal sealed class RequestOptions
{
    public const int DefaultReplyStreams = 100;

    /// <summary>Requests a minute of one user; 0 for no limit. The upper bound is one token a millisecond.</summary>
    [ConfigurationKeyName("USER_REQUESTS_PER_MINUTE")]
    [Range(0, 60_000, ErrorMessage = "USER_REQUESTS_PER_MINUTE must be a whole number up to {2}, 0 for no limit.")]
    public int UserRequestsPerMinute { get; set; } = 600;

    /// <summary>Reply streams that one user may hold open at once; 0 for no limit.</summary>
    [ConfigurationKeyName("USER_REPLY_STREAMS")]
    [Range(0, int.MaxValue, ErrorMessage = "USER_REPLY_STREAMS must be a whole number, 0 for no limit.")]
    public int ReplyStreamsPerUser { get; set; } = DefaultReplyStreams;

    /// <summary>
    /// How many days browsers must use https; 0 for no header. The upper bound is two years, which the preload lists of
    /// browsers ask for.
    /// </summary>
    [ConfigurationKeyName("HSTS_MAX_AGE_DAYS")]
    [Range(0, 730, ErrorMessage = "HSTS_MAX_AGE_DAYS must be a whole number up to {2}, 0 for none.")]
    public int HstsDays { get; set; }
}

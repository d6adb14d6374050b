using System.ComponentModel.DataAnnotations;

namespace GeminiChat.Gateway.Settings;

/// <summary>Limits of one user's requests, and what every answer tells.</summary>
internal sealed class RequestOptions
{
    /// <summary>The default of <see cref="ReplyStreamsPerUser"/>.</summary>
    public const int DefaultReplyStreams = 100;

    /// <summary>
    /// Requests a minute of one user; 0 for no limit. At the upper bound a token is due each millisecond.
    /// </summary>
    [ConfigurationKeyName("USER_REQUESTS_PER_MINUTE")]
    [Range(0, 60_000, ErrorMessage = "USER_REQUESTS_PER_MINUTE must be a whole number up to {2}, 0 for no limit.")]
    public int UserRequestsPerMinute { get; set; } = 600;

    /// <summary>Replies that one user may follow at once; 0 for no limit.</summary>
    [ConfigurationKeyName("USER_REPLY_STREAMS")]
    [Range(0, int.MaxValue, ErrorMessage = "USER_REPLY_STREAMS must be a whole number, 0 for no limit.")]
    public int ReplyStreamsPerUser { get; set; } = DefaultReplyStreams;

    /// <summary>
    /// For how many days browsers are to keep to https; 0 when they are not told. At most two years, as browsers' preload
    /// lists ask for.
    /// </summary>
    [ConfigurationKeyName("HSTS_MAX_AGE_DAYS")]
    [Range(0, 730, ErrorMessage = "HSTS_MAX_AGE_DAYS must be a whole number up to {2}, 0 for none.")]
    public int HstsDays { get; set; }
}

using System.Globalization;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Settings;

/// <summary>What is asked of every request, and told with every answer.</summary>
internal sealed class RequestOptions
{
    /// <summary>The most that <see cref="UserRequests"/> may be, so that a token is never due in less than a millisecond.</summary>
    public const int MostUserRequests = 60_000;

    /// <summary>The most that <see cref="HstsDays"/> may be: two years, as browsers' preload lists ask for.</summary>
    public const int MostHstsDays = 730;

    /// <summary>How many replies one user may follow at once when the setting says nothing.</summary>
    public const int DefaultReplyStreams = 100;

    private const int DefaultUserRequests = 600;

    [ConfigurationKeyName("USER_REQUESTS_PER_MINUTE")]
    public string? UserRequests { get; set; }

    [ConfigurationKeyName("USER_REPLY_STREAMS")]
    public string? ReplyStreams { get; set; }

    [ConfigurationKeyName("HSTS_MAX_AGE_DAYS")]
    public string? HstsDays { get; set; }

    /// <summary>Requests a minute of one user; 0 for no limit, null when the setting is wrong.</summary>
    public int? UserRequestsPerMinute => Number(UserRequests, DefaultUserRequests, MostUserRequests);

    /// <summary>Replies that one user may follow at once; 0 for no limit, null when the setting is wrong.</summary>
    public int? ReplyStreamsPerUser => Number(ReplyStreams, DefaultReplyStreams, int.MaxValue);

    /// <summary>How long browsers are to keep to https; zero when they are not told, null when the setting is wrong.</summary>
    public TimeSpan? HstsMaxAge => Number(HstsDays, 0, MostHstsDays) is { } days ? TimeSpan.FromDays(days) : null;

    private static int? Number(string? text, int otherwise, int most) => string.IsNullOrWhiteSpace(text) ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number
        : null;
}

/// <summary>One line for each setting that is wrong.</summary>
internal sealed class RequestOptionsCheck : IValidateOptions<RequestOptions>
{
    public ValidateOptionsResult Validate(string? name, RequestOptions options)
    {
        var wrong = new List<string>();
        if (options.UserRequestsPerMinute is null)
        {
            wrong.Add($"USER_REQUESTS_PER_MINUTE must be a whole number up to {RequestOptions.MostUserRequests}, 0 for no limit.");
        }

        if (options.ReplyStreamsPerUser is null)
        {
            wrong.Add("USER_REPLY_STREAMS must be a whole number, 0 for no limit.");
        }

        if (options.HstsMaxAge is null)
        {
            wrong.Add($"HSTS_MAX_AGE_DAYS must be a whole number up to {RequestOptions.MostHstsDays}, 0 for none.");
        }

        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}

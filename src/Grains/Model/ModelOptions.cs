using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace GeminiChat.Grains.Model;

/// <summary>How a silo calls the model.</summary>
public sealed class ModelOptions
{
    /// <summary>Maximum number of concurrent calls on one silo. Default 10,000, setting <c>GEMINI_MAX_CONCURRENT</c>.</summary>
    [ConfigurationKeyName("GEMINI_MAX_CONCURRENT")]
    [Range(1, 1_000_000, ErrorMessage = "GEMINI_MAX_CONCURRENT must be a whole number from 1 to 1000000.")]
    public int MaxConcurrent { get; set; } = 10_000;

    /// <summary>
    /// Two limits for one attempt at a reply: the number of calls that may fail, including the first one but not those
    /// that were too long; and the number of pauses that the attempt waits for. Default 4.
    /// </summary>
    [Range(1, 10)]
    public int MaxCalls { get; set; } = 4;

    /// <summary>
    /// How long an attempt may start further calls, counted from its start or from the end of the last pause that the
    /// model asked for. Also the longest such pause that an attempt waits for. Default 60 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan RetryWithin { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The wait before the second call when the model does not name one. It doubles with each further call. Default 1 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromSeconds(1);
}

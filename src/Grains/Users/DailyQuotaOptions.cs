using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace GeminiChat.Grains.Users;

/// <summary>How many replies a user may request in a UTC day; 0 for no limit.</summary>
public sealed class DailyQuotaOptions
{
    /// <summary>The limit of tier Basic. Default 20, setting <c>BASIC_DAILY_MESSAGES</c>.</summary>
    [ConfigurationKeyName("BASIC_DAILY_MESSAGES")]
    [Range(0, 1_000_000, ErrorMessage = "BASIC_DAILY_MESSAGES must be a whole number from 0 to 1000000.")]
    public int BasicDailyMessages { get; set; } = 20;

    /// <summary>The limit of tier Pro. Default 1,000, setting <c>PRO_DAILY_MESSAGES</c>.</summary>
    [ConfigurationKeyName("PRO_DAILY_MESSAGES")]
    [Range(0, 1_000_000, ErrorMessage = "PRO_DAILY_MESSAGES must be a whole number from 0 to 1000000.")]
    public int ProDailyMessages { get; set; } = 1000;

    public int Of(Tier tier) => tier is Tier.Pro ? ProDailyMessages : BasicDailyMessages;
}

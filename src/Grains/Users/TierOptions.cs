using System.ComponentModel.DataAnnotations;
using GeminiChat.Grains.Model;
using Microsoft.Extensions.Configuration;

namespace GeminiChat.Grains.Users;

/// <summary>The settings of the tiers. Nothing else in the service says what a tier may do.</summary>
public sealed class TierOptions
{
    private const long BytesPerMegabyte = 1_000_000;

    /// <summary>Replies a day. Default 20, setting <c>BASIC_DAILY_MESSAGES</c>.</summary>
    [ConfigurationKeyName("BASIC_DAILY_MESSAGES")]
    [Range(0, 1_000_000, ErrorMessage = "BASIC_DAILY_MESSAGES must be a whole number from 0 to 1000000.")]
    public int BasicDailyMessages { get; set; } = 20;

    /// <summary>Replies a day. Default 1,000, setting <c>PRO_DAILY_MESSAGES</c>.</summary>
    [ConfigurationKeyName("PRO_DAILY_MESSAGES")]
    [Range(0, 1_000_000, ErrorMessage = "PRO_DAILY_MESSAGES must be a whole number from 0 to 1000000.")]
    public int ProDailyMessages { get; set; } = 1000;

    /// <summary>Web searches a day. Default 20, setting <c>BASIC_SEARCH_QUERIES</c>.</summary>
    [ConfigurationKeyName("BASIC_SEARCH_QUERIES")]
    [Range(0, 1_000_000, ErrorMessage = "BASIC_SEARCH_QUERIES must be a whole number from 0 to 1000000.")]
    public int BasicSearchQueries { get; set; } = 20;

    /// <summary>Web searches a day. Default 1,000, setting <c>PRO_SEARCH_QUERIES</c>.</summary>
    [ConfigurationKeyName("PRO_SEARCH_QUERIES")]
    [Range(0, 1_000_000, ErrorMessage = "PRO_SEARCH_QUERIES must be a whole number from 0 to 1000000.")]
    public int ProSearchQueries { get; set; } = 1000;

    /// <summary>
    /// Names of models, separated by commas. Default: all of <c>GEMINI_MODELS</c> but <c>GEMINI_PRO_MODEL</c>. Setting
    /// <c>BASIC_MODELS</c>.
    /// </summary>
    [ConfigurationKeyName("BASIC_MODELS")]
    [RegularExpression(ModelNames.Pattern, ErrorMessage = "BASIC_MODELS must be bare names of models, separated by commas.")]
    public string? BasicModels { get; set; }

    /// <summary>Names of models, separated by commas. Default: all of <c>GEMINI_MODELS</c>. Setting <c>PRO_MODELS</c>.</summary>
    [ConfigurationKeyName("PRO_MODELS")]
    [RegularExpression(ModelNames.Pattern, ErrorMessage = "PRO_MODELS must be bare names of models, separated by commas.")]
    public string? ProModels { get; set; }

    /// <summary>Megabytes of files. Default 200, setting <c>BASIC_STORAGE_MB</c>.</summary>
    [ConfigurationKeyName("BASIC_STORAGE_MB")]
    [Range(0, 1_000_000, ErrorMessage = "BASIC_STORAGE_MB must be a whole number from 0 to 1000000.")]
    public int BasicStorageMegabytes { get; set; } = 200;

    /// <summary>Megabytes of files. Default 5,000, setting <c>PRO_STORAGE_MB</c>.</summary>
    [ConfigurationKeyName("PRO_STORAGE_MB")]
    [Range(0, 1_000_000, ErrorMessage = "PRO_STORAGE_MB must be a whole number from 0 to 1000000.")]
    public int ProStorageMegabytes { get; set; } = 5000;

    public TierLimits Of(Tier tier) => tier is Tier.Pro
        ? new TierLimits(ProDailyMessages, ProSearchQueries, ProModels, ProStorageMegabytes * BytesPerMegabyte)
        : new TierLimits(BasicDailyMessages, BasicSearchQueries, BasicModels, BasicStorageMegabytes * BytesPerMegabyte);
}

/// <summary>What a user of a tier may do.</summary>
/// <param name="DailyMessages">Replies that a user may request in a UTC day; 0 for no limit.</param>
/// <param name="SearchQueries">Web searches that the model may make for a user in a UTC day; 0 for no limit.</param>
/// <param name="Models">Names of models, separated by commas; null for the default.</param>
/// <param name="StorageBytes">The bytes that the user's files may take.</param>
public readonly record struct TierLimits(int DailyMessages, int SearchQueries, string? Models, long StorageBytes = 0);

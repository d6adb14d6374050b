using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace GeminiChat.Grains.Model;

/// <summary>Which models users can choose. <see cref="Users.TierOptions"/> says which tier may use which of them.</summary>
public sealed class ModelCatalogOptions
{
    /// <summary>
    /// Names of models, separated by commas. The default model and <see cref="ProModel"/> are always among them. Setting
    /// <c>GEMINI_MODELS</c>.
    /// </summary>
    [ConfigurationKeyName("GEMINI_MODELS")]
    [RegularExpression(ModelNames.Pattern, ErrorMessage = "GEMINI_MODELS must be bare names of models, separated by commas.")]
    public string? Models { get; set; }

    /// <summary>The default model of tier Pro; null for the same one as all users have. Setting <c>GEMINI_PRO_MODEL</c>.</summary>
    [ConfigurationKeyName("GEMINI_PRO_MODEL")]
    [RegularExpression(ModelNames.SinglePattern, ErrorMessage = "GEMINI_PRO_MODEL must be the bare name of a model, like gemini-3.8-pro.")]
    public string? ProModel { get; set; }

    /// <summary>Whether models that think are asked for a summary of their thinking. Default true, setting <c>GEMINI_THOUGHTS</c>.</summary>
    [ConfigurationKeyName("GEMINI_THOUGHTS")]
    public bool Thoughts { get; set; } = true;
}

/// <summary>The names of models in settings.</summary>
public static class ModelNames
{
    /// <summary>One name.</summary>
    public const string SinglePattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$";

    /// <summary>Names that are separated by commas.</summary>
    public const string Pattern = @"^[A-Za-z0-9][A-Za-z0-9._-]*(\s*,\s*[A-Za-z0-9][A-Za-z0-9._-]*)*$";

    /// <summary>The names in a setting, each once; empty for null.</summary>
    public static ImmutableArray<string> Parse(string? setting) =>
        [.. (setting ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];
}

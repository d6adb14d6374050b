using System.ComponentModel.DataAnnotations;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Silo.Gemini;

/// <summary>How to reach Gemini, and its timeouts.</summary>
internal sealed class GeminiOptions : IValidatableObject
{
    /// <summary>The API key. Without one the built-in offline assistant answers.</summary>
    [ConfigurationKeyName("GEMINI_API_KEY")]
    [RegularExpression("^[!-~]*$", ErrorMessage = "GEMINI_API_KEY must consist of visible ASCII characters.")]
    public string? ApiKey { get; set; }

    /// <summary>The model of requests without a model of their own.</summary>
    [ConfigurationKeyName("GEMINI_MODEL")]
    [RegularExpression(
        "^[A-Za-z0-9][A-Za-z0-9._-]*$",
        ErrorMessage = "GEMINI_MODEL must be the bare name of a model, like gemini-3.8-flash.")]
    public string Model { get; set; } = "gemini-3.8-flash";

    /// <summary>The origin of the service: http or https, without a path.</summary>
    [ConfigurationKeyName("GEMINI_BASE_URL")]
    public string BaseUrl { get; set; } = "https://generativelanguage.googleapis.com";

    /// <summary>The API version, as in the path.</summary>
    [ConfigurationKeyName("GEMINI_API_VERSION")]
    [RegularExpression("^v[0-9][0-9a-z]*$", ErrorMessage = "GEMINI_API_VERSION must be a version like v1beta.")]
    public string ApiVersion { get; set; } = "v1beta";

    /// <summary>The maximum number of seconds without a complete event. It counts from the start of a call too.</summary>
    [ConfigurationKeyName("GEMINI_IDLE_SECONDS")]
    [Range(1, 3600, ErrorMessage = "GEMINI_IDLE_SECONDS must be from {1} to {2} seconds.")]
    public int IdleSeconds { get; set; } = 60;

    /// <summary>The maximum number of seconds of a whole response.</summary>
    [ConfigurationKeyName("GEMINI_TOTAL_SECONDS")]
    [Range(1, 3600, ErrorMessage = "GEMINI_TOTAL_SECONDS must be from {1} to {2} seconds.")]
    public int TotalSeconds { get; set; } = 300;

    public bool HasKey => ApiKey is not null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!SettingText.IsOrigin(BaseUrl))
        {
            yield return new("GEMINI_BASE_URL must be an http or https origin without a path, like https://generativelanguage.googleapis.com.");
        }
    }
}

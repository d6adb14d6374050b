using System.ComponentModel.DataAnnotations;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Silo.Gemini;

/// <summary>How to reach Gemini, and how long to wait for it.</summary>
internal sealed class GeminiOptions : IValidatableObject
{
    /// <summary>The API key. Null: the built-in offline assistant answers in Gemini's place.</summary>
    [ConfigurationKeyName("GEMINI_API_KEY")]
    [RegularExpression("^[!-~]*$", ErrorMessage = "GEMINI_API_KEY must consist of visible ASCII characters.")]
    public string? ApiKey { get; set; }

    /// <summary>The model of requests that name none.</summary>
    [ConfigurationKeyName("GEMINI_MODEL")]
    [RegularExpression(
        "^[A-Za-z0-9][A-Za-z0-9._-]*$",
        ErrorMessage = "GEMINI_MODEL must be the bare name of a model, like gemini-3.8-flash.")]
    public string Model { get; set; } = "gemini-3.8-flash";

    /// <summary>The origin of the service: http or https, without a path.</summary>
    [ConfigurationKeyName("GEMINI_BASE_URL")]
    public string BaseUrl { get; set; } = "https://generativelanguage.googleapis.com";

    /// <summary>The version of the interface, as in the path.</summary>
    [ConfigurationKeyName("GEMINI_API_VERSION")]
    [RegularExpression("^v[0-9][0-9a-z]*$", ErrorMessage = "GEMINI_API_VERSION must be a version like v1beta.")]
    public string ApiVersion { get; set; } = "v1beta";

    /// <summary>Seconds that may pass without a whole event, from the start of a call on.</summary>
    [ConfigurationKeyName("GEMINI_IDLE_SECONDS")]
    [Range(1, 3600, ErrorMessage = "GEMINI_IDLE_SECONDS must be from {1} to {2} seconds.")]
    public int IdleSeconds { get; set; } = 60;

    /// <summary>Seconds that a whole reply may take.</summary>
    [ConfigurationKeyName("GEMINI_TOTAL_SECONDS")]
    [Range(1, 3600, ErrorMessage = "GEMINI_TOTAL_SECONDS must be from {1} to {2} seconds.")]
    public int TotalSeconds { get; set; } = 300;

    /// <summary>Whether there is a key to ask Gemini with.</summary>
    public bool HasKey => ApiKey is not null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!SettingText.IsOrigin(BaseUrl))
        {
            yield return new("GEMINI_BASE_URL must be an http or https origin without a path, like https://generativelanguage.googleapis.com.");
        }
    }
}

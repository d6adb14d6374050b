using System.ComponentModel.DataAnnotations;
using GeminiChat.Grains.Model;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Silo.Gemini;

/// <summary>How to reach Gemini, its timeouts, and what it may do while it answers.</summary>
internal sealed class GeminiOptions : IValidatableObject
{
    private const string GlobalLocation = "global";

    /// <summary>The API key. Without a key or a project of Vertex AI the built-in offline assistant answers.</summary>
    [ConfigurationKeyName("GEMINI_API_KEY")]
    [RegularExpression("^[!-~]*$", ErrorMessage = "GEMINI_API_KEY must consist of visible ASCII characters.")]
    public string? ApiKey { get; set; }

    /// <summary>The project in Google Cloud: Gemini is reached through Vertex AI, instead of with a key.</summary>
    [ConfigurationKeyName("GEMINI_VERTEX_PROJECT")]
    [RegularExpression("^[a-z0-9][a-z0-9.:-]*$", ErrorMessage = "GEMINI_VERTEX_PROJECT must be the id of a project in Google Cloud.")]
    public string? VertexProject { get; set; }

    /// <summary>The location of Vertex AI, such as <c>europe-west4</c>, or <c>eu</c> and <c>us</c> for several regions.</summary>
    [ConfigurationKeyName("GEMINI_VERTEX_LOCATION")]
    [RegularExpression("^[a-z][a-z0-9-]*$", ErrorMessage = "GEMINI_VERTEX_LOCATION must be a location of Google Cloud, like global or europe-west4.")]
    public string VertexLocation { get; set; } = GlobalLocation;

    /// <summary>The file with the key of a service account, with which this program signs in to Vertex AI.</summary>
    [ConfigurationKeyName("GOOGLE_APPLICATION_CREDENTIALS")]
    public string? CredentialsFile { get; set; }

    /// <summary>The model of requests without a model of their own.</summary>
    [ConfigurationKeyName("GEMINI_MODEL")]
    [RegularExpression(ModelNames.SinglePattern, ErrorMessage = "GEMINI_MODEL must be the bare name of a model, like gemini-3.8-flash.")]
    public string Model { get; set; } = "gemini-3.8-flash";

    /// <summary>The origin of the service: http or https, without a path. Null for Google's own.</summary>
    [ConfigurationKeyName("GEMINI_BASE_URL")]
    public string? BaseUrl { get; set; }

    /// <summary>The API version, as in the path.</summary>
    [ConfigurationKeyName("GEMINI_API_VERSION")]
    [RegularExpression("^v[0-9][0-9a-z]*$", ErrorMessage = "GEMINI_API_VERSION must be a version like v1beta.")]
    public string ApiVersion
    {
        get => field ?? (IsVertex ? "v1" : "v1beta");
        set;
    }

    /// <summary>The maximum number of seconds without a complete event. It counts from the start of a call too.</summary>
    [ConfigurationKeyName("GEMINI_IDLE_SECONDS")]
    [Range(1, 3600, ErrorMessage = "GEMINI_IDLE_SECONDS must be from {1} to {2} seconds.")]
    public int IdleSeconds { get; set; } = 60;

    /// <summary>The maximum number of seconds of a whole response.</summary>
    [ConfigurationKeyName("GEMINI_TOTAL_SECONDS")]
    [Range(1, 3600, ErrorMessage = "GEMINI_TOTAL_SECONDS must be from {1} to {2} seconds.")]
    public int TotalSeconds { get; set; } = 300;

    /// <summary>Whether the model reads the web pages whose addresses are in a message.</summary>
    [ConfigurationKeyName("GEMINI_URL_CONTEXT")]
    public bool UrlContext { get; set; }

    /// <summary>Whether the model may run code, on Google's machines.</summary>
    [ConfigurationKeyName("GEMINI_CODE_EXECUTION")]
    public bool CodeExecution { get; set; }

    /// <summary>See <see cref="SafetySettings"/>; null for the thresholds of the model.</summary>
    [ConfigurationKeyName("GEMINI_SAFETY")]
    public string? Safety { get; set; }

    public bool HasKey => ApiKey is not null;

    public bool IsVertex => VertexProject is not null;

    /// <summary>Whether Gemini answers, and not the offline assistant.</summary>
    public bool IsConfigured => HasKey || IsVertex;

    /// <summary>The origin that requests go to.</summary>
    public string Origin => BaseUrl ?? (!IsVertex ? "https://generativelanguage.googleapis.com" : VertexLocation switch
    {
        GlobalLocation => "https://aiplatform.googleapis.com",
        "us" or "eu" => $"https://aiplatform.{VertexLocation}.rep.googleapis.com",
        var region => $"https://{region}-aiplatform.googleapis.com",
    });

    /// <summary>The path of the models, without a slash at its end.</summary>
    public string ModelsPath => IsVertex
        ? $"/{ApiVersion}/projects/{VertexProject}/locations/{VertexLocation}/publishers/google/models"
        : $"/{ApiVersion}/models";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BaseUrl is not null && !SettingText.IsOrigin(BaseUrl))
        {
            yield return new("GEMINI_BASE_URL must be an http or https origin without a path, like https://generativelanguage.googleapis.com.");
        }

        if (IsVertex && HasKey)
        {
            yield return new("Set GEMINI_API_KEY or GEMINI_VERTEX_PROJECT, not both.");
        }

        if (IsVertex && !ServiceAccount.IsIn(CredentialsFile))
        {
            yield return new("With GEMINI_VERTEX_PROJECT, GOOGLE_APPLICATION_CREDENTIALS must be a file with the key of a service account.");
        }

        if (!SafetySettings.IsValid(Safety))
        {
            yield return new("GEMINI_SAFETY must be thresholds like BLOCK_ONLY_HIGH or HARASSMENT=BLOCK_NONE, separated by commas.");
        }
    }
}

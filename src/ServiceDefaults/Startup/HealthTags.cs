namespace GeminiChat.ServiceDefaults.Startup;

internal static class HealthTags
{
    /// <summary>A process is ready for traffic when all checks with this tag are green.</summary>
    public const string Ready = "ready";
}

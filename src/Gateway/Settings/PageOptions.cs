namespace GeminiChat.Gateway.Settings;

/// <summary>Settings of the page.</summary>
internal sealed class PageOptions
{
    /// <summary>Whether browsers keep the page and open it without a network. If not, their copies remove themselves.</summary>
    [ConfigurationKeyName("OFFLINE_PAGE")]
    public bool WorksOffline { get; set; } = true;
}

using GeminiChat.ServiceDefaults.Startup;

namespace GeminiChat.ServiceDefaults.Settings;

/// <summary>A setting is wrong or missing. The message is one line that names it, for the operator.</summary>
internal sealed class SettingException(string message) : StartupException(message);

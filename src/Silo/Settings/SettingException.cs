namespace GeminiChat.Silo.Settings;

/// <summary>A setting is wrong or missing. The message is one line that names it, for the operator.</summary>
public sealed class SettingException(string message) : Exception(message);

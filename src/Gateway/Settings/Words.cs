namespace GeminiChat.Gateway.Settings;

/// <summary>Settings that hold several values.</summary>
internal static class Words
{
    /// <summary>What stands between the commas of a setting.</summary>
    public static string[] Of(string? setting) =>
        (setting ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

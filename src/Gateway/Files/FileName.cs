namespace GeminiChat.Gateway.Files;

/// <summary>The names of files, as users' programs send them.</summary>
internal static class FileName
{
    public const int MaxLength = 255;

    private const string Default = "file";

    /// <summary>
    /// The name without its path, control characters and bidirectional control characters; null if it is too long.
    /// </summary>
    public static string? Normalize(string? sent)
    {
        var path = sent ?? "";
        var name = VisibleText.WithoutBidi(string.Concat(path[(path.LastIndexOfAny(['/', '\\']) + 1)..].Where(static c => !char.IsControl(c)))).Trim();
        return name.Length > MaxLength ? null
            : name is "." or ".." || !VisibleText.HasVisibleCharacter(name) ? Default
            : name;
    }
}

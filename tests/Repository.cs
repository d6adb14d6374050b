namespace GeminiChat;

/// <summary>The files that no program is made of.</summary>
internal static class Repository
{
    /// <summary>The folder that <c>GeminiChat.sln</c> is in.</summary>
    public static string Folder { get; } = Find(AppContext.BaseDirectory);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Folder, path));

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "GeminiChat.sln")) ? folder : Find(Path.GetDirectoryName(folder)!);
}

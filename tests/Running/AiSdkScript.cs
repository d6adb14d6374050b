namespace GeminiChat.Running;

/// <summary>A program with Vercel's AI SDK, which prints what its user sees. The stories are in <c>tests/AiSdk/chat.mjs</c>.</summary>
public static class AiSdkScript
{
    /// <summary>The folder with the packages of all versions.</summary>
    public static NpmFolder Folder { get; } = new(Path.Combine(Repository.Folder, "tests", "AiSdk"));

    /// <summary>Starts a story.</summary>
    /// <param name="version">The major version of the AI SDK.</param>
    /// <param name="story">The story.</param>
    /// <param name="service">The address of the service.</param>
    /// <param name="settings">The environment: <c>TOKEN</c>, or <c>ASK_FOR_TOKENS</c>, and what the story needs.</param>
    public static Task<NodeScript> Start(string version, string story, Uri service, params (string Name, string Value)[] settings) =>
        NodeScript.Start(Folder, ["chat.mjs", version, story], [("BASE", service.ToString().TrimEnd('/')), .. settings]);
}

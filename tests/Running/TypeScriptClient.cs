namespace GeminiChat.Running;

/// <summary>The TypeScript client of the repository, as a program gets it.</summary>
public static class TypeScriptClient
{
    private static readonly TimeSpan BuildTimeout = TimeSpan.FromMinutes(5);
    private static readonly string Path = System.IO.Path.Combine(Repository.Folder, "clients", "typescript");
    private static readonly Lazy<Task> Built = new(Build);

    /// <summary>The folder of the package.</summary>
    public static NpmFolder Folder { get; } = new(Path);

    /// <summary>Builds the package, and returns the folder of the modules.</summary>
    /// <remarks>Skips the test where there is no Node.js.</remarks>
    public static async Task<string> EnsureBuilt()
    {
        await Built.Value;
        return System.IO.Path.Combine(Path, "dist");
    }

    /// <summary>Starts a scenario of <c>test/against-gateway.mjs</c>, as a new user.</summary>
    public static async Task<NodeScript> Start(Uri service, string scenario, string argument = "", params (string Name, string Value)[] environment)
    {
        await EnsureBuilt();
        return await NodeScript.Start(
            Folder, ["test/against-gateway.mjs", scenario, argument], [("BASE_URL", service.ToString()), ("NUMBER", TestNumber.Next()), .. environment]);
    }

    /// <summary>Runs the package's own tests, and returns what they print.</summary>
    public static async Task<string> RunTests()
    {
        await EnsureBuilt();
        return await Folder.Run(["node", "--test", .. Directory.GetFiles(System.IO.Path.Combine(Path, "test"), "*.test.mjs")]);
    }

    // Several test projects use it at the same time: one of them builds it.
    private static async Task Build()
    {
        using var deadline = new CancellationTokenSource(BuildTimeout);
        await using var alone = await NpmFolder.Lock(System.IO.Path.Combine(Path, ".build.lock"), deadline.Token);
        string[] inputs = [.. Directory.GetFiles(System.IO.Path.Combine(Path, "src")), .. Directory.GetFiles(Path, "*.json"), System.IO.Path.Combine(Repository.Folder, "docs", "openapi.json")];
        var stamp = System.IO.Path.Combine(Path, "dist", ".built");
        if (File.GetLastWriteTimeUtc(stamp) < inputs.Max(File.GetLastWriteTimeUtc))
        {
            await Folder.Run(["npm", "run", "build"]);
            await File.WriteAllTextAsync(stamp, "", deadline.Token);
        }
    }
}

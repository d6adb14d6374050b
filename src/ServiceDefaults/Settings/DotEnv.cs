using DotNetEnv;

namespace GeminiChat.ServiceDefaults.Settings;

/// <summary>
/// Settings come from the environment and, where it is silent, from a <c>.env</c> file: in the working folder, or in
/// one above it up to the folder of <c>GeminiChat.sln</c>.
/// </summary>
internal static class DotEnv
{
    private const string RootKey = "GEMINICHAT_ROOT";

    /// <summary>Adds the <c>.env</c> file's values, below those of the environment.</summary>
    public static void AddDotEnv(this ConfigurationManager configuration)
    {
        var folder = FindRootFolder(Directory.GetCurrentDirectory());
        var file = Path.Combine(folder, ".env");
        var values = File.Exists(file)
            ? Env.NoEnvVars().Load(file).ToDictionary(pair => pair.Key, string? (pair) => pair.Value)
            : [];
        values.TryAdd(RootKey, folder);

        var source = new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = values };
        ((IConfigurationBuilder)configuration).Sources.Insert(0, source);
    }

    /// <summary>The folder that relative paths start from and that <c>data/</c> lies in.</summary>
    public static string RootFolder(this IConfiguration configuration) =>
        configuration[RootKey] ?? Directory.GetCurrentDirectory();

    private static string FindRootFolder(string workingFolder)
    {
        var upToSolution = new List<DirectoryInfo>();
        for (var folder = new DirectoryInfo(workingFolder); folder is not null; folder = folder.Parent)
        {
            upToSolution.Add(folder);
            if (File.Exists(Path.Combine(folder.FullName, "GeminiChat.sln")))
            {
                return (upToSolution.Find(HasDotEnv) ?? folder).FullName;
            }
        }

        return workingFolder;
    }

    private static bool HasDotEnv(DirectoryInfo folder) => File.Exists(Path.Combine(folder.FullName, ".env"));
}

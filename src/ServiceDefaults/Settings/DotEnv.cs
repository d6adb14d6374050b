using DotNetEnv;

namespace GeminiChat.ServiceDefaults.Settings;

/// <summary>
/// Reads a <c>.env</c> file for settings that are not set in the environment. The file is in the working folder or in a parent
/// folder, up to the folder of <c>GeminiChat.sln</c>.
/// </summary>
internal static class DotEnv
{
    private const string RootKey = "GEMINICHAT_ROOT";

    /// <summary>Adds the values of the <c>.env</c> file. Values of the environment override them.</summary>
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

    /// <summary>The folder to which relative paths are relative. It contains <c>data/</c>.</summary>
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

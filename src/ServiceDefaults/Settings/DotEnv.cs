using System.Text.RegularExpressions;
using DotNetEnv;
using GeminiChat.ServiceDefaults.Startup;
using Microsoft.Extensions.Configuration.Memory;

namespace GeminiChat.ServiceDefaults.Settings;

/// <summary>
/// Reads a <c>.env</c> file for settings that are not set in the environment. The file is in the working folder or in a parent
/// folder, up to the folder of <c>GeminiChat.sln</c>.
/// </summary>
internal static partial class DotEnv
{
    private const string RootKey = "GEMINICHAT_ROOT";
    private const string HostPrefix = "ASPNETCORE_";
    private const int RegexTimeoutMs = 1000;

    /// <summary>Reads the file. Without one, there is only the root folder.</summary>
    public static Dictionary<string, string?> Read()
    {
        var folder = FindRootFolder(Directory.GetCurrentDirectory());
        var file = Path.Combine(folder, ".env");
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { [RootKey] = folder };
        foreach (var (name, value) in File.Exists(file) ? Parse(file) : [])
        {
            values[name] = value;
        }

        return values;
    }

    private static IEnumerable<KeyValuePair<string, string>> Parse(string file)
    {
        try
        {
            return Env.NoEnvVars().Load(file);
        }
        catch (Exception e) when (e is not (IOException or UnauthorizedAccessException))
        {
            // The parser's message repeats a part of the file, which can be a secret.
            var line = LineNumber().Match(e.Message).Value;
            throw new StartupException($"{file} is not valid{(line.Length > 0 ? " at line " + line : "")}: expected NAME=value in each line.", e);
        }
    }

    /// <summary>Adds the values of the file. Values of all other sources override them.</summary>
    public static void AddDotEnv(this ConfigurationManager configuration, IReadOnlyDictionary<string, string?> values)
    {
        var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in values)
        {
            data[name.Replace("__", ":", StringComparison.Ordinal)] = value;
        }

        // As in the environment: the host knows ASPNETCORE_URLS as URLS.
        foreach (var (name, value) in data.Where(value => value.Key.StartsWith(HostPrefix, StringComparison.OrdinalIgnoreCase)).ToList())
        {
            data.TryAdd(name[HostPrefix.Length..], value);
        }

        var source = new MemoryConfigurationSource { InitialData = data };
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

    [GeneratedRegex(@"(?<=\(Line )\d+", RegexOptions.None, RegexTimeoutMs)]
    private static partial Regex LineNumber();
}

using System.Reflection;

namespace GeminiChat.EndToEnd.Tests.Telemetry;

/// <summary>The files of this repository.</summary>
internal static class Repository
{
    private static readonly string Root = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Repository").Value!
        .Replace('\\', Path.DirectorySeparatorChar);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));
}

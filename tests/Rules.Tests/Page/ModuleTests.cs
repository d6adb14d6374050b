using System.Text.RegularExpressions;

namespace GeminiChat.Rules.Tests.Page;

/// <summary>The imports of the page's modules.</summary>
public sealed partial class ModuleTests
{
    private const string Root = "src/Gateway/wwwroot";
    private const int RegexTimeoutMs = 1000;

    [GeneratedRegex("""^(?:import|export) (?<what>.+?) from "(?<path>\.[^"]+)";$""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex ImportPattern { get; }

    [GeneratedRegex(@"^export (?:async )?(?:const|let|class|function\*?) (?<name>\w+)|^export \{(?<names>[^}]+)\}", RegexOptions.Multiline | RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex ExportPattern { get; }

    [Fact]
    public void Every_import_resolves()
    {
        var modules = ReadModules();
        Assert.NotEmpty(ImportsOf("main.js", modules["main.js"]));
        foreach (var (module, text) in modules)
        {
            foreach (var (path, names) in ImportsOf(module, text))
            {
                Assert.True(modules.TryGetValue(path, out var imported), $"{module} imports {path}, which is not there.");
                Assert.All(names, name => Assert.True(ExportsOf(imported).Contains(name), $"{module} imports {name} of {path}, which is not there."));
            }
        }
    }

    [Theory]
    [InlineData("core", "core", "words")]
    [InlineData("ui", "ui", "core")]
    public void Shared_folders_import_only_from_certain_folders(string folder, params string[] allowed)
    {
        var imports =
            from module in ReadModules()
            where module.Key.StartsWith($"{folder}/", StringComparison.Ordinal)
            from import in ImportsOf(module.Key, module.Value)
            select (Module: module.Key, import.Path);
        Assert.NotEmpty(imports);
        Assert.All(imports, import => Assert.True(allowed.Contains(import.Path.Split('/')[0], StringComparer.Ordinal), $"{import.Module} imports {import.Path}."));
    }

    private static Dictionary<string, string> ReadModules()
    {
        var root = Path.Combine(Repository.Folder, Root);
        return Directory.EnumerateFiles(root, "*.js", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(root, file), File: file))
            .Where(static file => !file.Path.StartsWith("lib/", StringComparison.Ordinal))
            .ToDictionary(static file => file.Path, static file => File.ReadAllText(file.File), StringComparer.Ordinal);
    }

    /// <summary>The modules that a module imports, and the names that it takes of them.</summary>
    private static IEnumerable<(string Path, IEnumerable<string> Names)> ImportsOf(string module, string text) =>
        from import in ImportPattern.Matches(text)
        let path = new Uri(new Uri("page:///" + module), import.Groups["path"].Value).AbsolutePath.TrimStart('/')
        let what = import.Groups["what"].Value
        select (path, what[0] is '{' ? NamesIn(what.Trim('{', '}')).Select(static name => name.Split(' ')[0]) : []);

    private static HashSet<string> ExportsOf(string text) =>
    [
        .. ExportPattern.Matches(text).SelectMany(static export =>
            export.Groups["name"].Success ? [export.Groups["name"].Value] : NamesIn(export.Groups["names"].Value).Select(static name => name.Split(' ')[^1])),
    ];

    private static IEnumerable<string> NamesIn(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

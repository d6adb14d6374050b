using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.FileProviders;

namespace GeminiChat.Gateway.Web;

/// <summary>
/// All files of the page in one version. The version is a hash of them and part of their addresses, so a module that imports another
/// one by a relative address gets it in the same version.
/// </summary>
internal sealed partial class PageFiles
{
    public const string AssetsPath = "/assets/";

    private const string Index = "index.html";
    private const string Worker = "sw.js";
    private const string Entry = "main.js";
    private const string Libraries = "lib/";
    private const string Words = "words/";
    private const int VersionLength = 16;
    private const int RegexTimeoutMs = 1000;

    private readonly Dictionary<string, PageFile> _files;

    /// <summary>Reads all files.</summary>
    /// <param name="files">The web root.</param>
    /// <param name="hasWorker">Whether the page may be kept by browsers. If not, the service worker removes itself.</param>
    public PageFiles(IFileProvider files, bool hasWorker)
    {
        var contents = ListFiles(files, "").ToDictionary(static file => file.Path, static file => Read(file.File), StringComparer.Ordinal);
        Version = HashOf(contents);
        contents[Index] = Encoding.UTF8.GetBytes(WriteIndex(contents));
        contents[Worker] = Encoding.UTF8.GetBytes(WriteWorker(contents, hasWorker));
        _files = contents.ToDictionary(static file => file.Key, static file => new PageFile(file.Key, file.Value), StringComparer.Ordinal);
    }

    public string Version { get; }

    public IEnumerable<string> Paths => _files.Keys;

    /// <summary>A text that differs after a change of any file. It needs only the lengths and times of the files, not their contents.</summary>
    public static string FingerprintOf(IFileProvider files) =>
        string.Join('\n', ListFiles(files, "").Select(static file => $"{file.Path} {file.File.Length} {file.File.LastModified.UtcTicks}").Order(StringComparer.Ordinal));

    /// <summary>
    /// The file of an address, and whether the address names this version; null if there is none. Other versions are found too: while
    /// gateways are updated one after the other, the page of one may ask another for its files.
    /// </summary>
    public (PageFile File, bool IsThisVersion)? Find(string path)
    {
        if (!path.StartsWith(AssetsPath, StringComparison.Ordinal))
        {
            return _files.GetValueOrDefault(path.Length == 1 ? Index : path[1..]) is { } plain ? (plain, false) : null;
        }

        var (version, name) = path[AssetsPath.Length..].Split('/', 2) is [var first, var rest] ? (first, rest) : ("", "");
        return VersionPattern.IsMatch(version) && _files.GetValueOrDefault(name) is { } file ? (file, version == Version) : null;
    }

    /// <summary>The modules that the module imports, themselves and through others, in the order in which they are found.</summary>
    internal static IReadOnlyList<string> ImportsOf(string module, Func<string, string?> read)
    {
        var found = new List<string> { module };
        for (var i = 0; i < found.Count; i++)
        {
            var folder = new Uri("page:///" + found[i]);
            foreach (Match import in ImportPattern.Matches(read(found[i]) ?? ""))
            {
                var path = new Uri(folder, import.Groups["path"].Value).AbsolutePath.TrimStart('/');
                if (!found.Contains(path, StringComparer.Ordinal))
                {
                    found.Add(path);
                }
            }
        }

        return found;
    }

    private static IEnumerable<(string Path, IFileInfo File)> ListFiles(IFileProvider files, string folder) =>
        files.GetDirectoryContents(folder)

            // In Development, files are listed as of the last build.
            .Where(static file => file.Exists || file.IsDirectory)
            .SelectMany(file => file.IsDirectory ? ListFiles(files, $"{folder}{file.Name}/") : [($"{folder}{file.Name}", file)]);

    private static byte[] Read(IFileInfo file)
    {
        using var stream = file.CreateReadStream();
        var content = new byte[file.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static string HashOf(Dictionary<string, byte[]> contents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, content) in contents.OrderBy(static file => file.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{path} {content.Length}\n"));
            hash.AppendData(content);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..VersionLength];
    }

    [GeneratedRegex(@"^[0-9a-f]{16}\z", RegexOptions.None, RegexTimeoutMs)]
    private static partial Regex VersionPattern { get; }

    // Only the import statements of a module: an import() is loaded when it is needed.
    [GeneratedRegex("""^(?:import|export)\s*(?:[\w\s{},*$]+\bfrom\s*)?["'](?<path>\.{1,2}/[^"']+)["']""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex ImportPattern { get; }

    // The manifest and its icons keep their addresses: browsers remember them for an installed page.
    [GeneratedRegex("""(?<=\b(?:href|src)=")(?<path>[\w./-]+\.(?:css|js|svg))(?=")""", RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex LinkPattern { get; }

    private string WriteIndex(Dictionary<string, byte[]> contents)
    {
        var imports = ImportsOf(Entry, path => contents.TryGetValue(path, out var module) ? Encoding.UTF8.GetString(module) : null);
        var preloads = string.Concat(imports.Skip(1).Select(path => $"""  <link rel="modulepreload" href="{path}">{'\n'}"""));
        var html = Encoding.UTF8.GetString(contents[Index]).Replace("</head>", $"{preloads}</head>", StringComparison.Ordinal);
        return LinkPattern.Replace(html, link => contents.ContainsKey(link.Value) ? $"{AssetsPath}{Version}/{link.Value}" : link.Value);
    }

    /// <summary>The service worker is told the version and the files that the page needs without a network.</summary>
    private string WriteWorker(Dictionary<string, byte[]> contents, bool hasWorker)
    {
        var files = contents.Keys.Order(StringComparer.Ordinal).Where(static path =>
            Path.GetExtension(path) is ".js" or ".css" or ".svg" or ".html" && path is not (Worker or "css/share.css" or "css/not-found.css")
            && !path.StartsWith(Libraries, StringComparison.Ordinal) && !path.StartsWith(Words, StringComparison.Ordinal));
        var languages = contents.Keys.Where(static path => path.StartsWith(Words, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        var page = JsonSerializer.Serialize(new { version = hasWorker ? Version : null, files, languages });
        return $"const PAGE = {page};\n\n{Encoding.UTF8.GetString(contents.GetValueOrDefault(Worker) ?? [])}";
    }
}

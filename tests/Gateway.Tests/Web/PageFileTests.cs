using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Gateway.Web;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;

namespace GeminiChat.Gateway.Tests.Web;

/// <summary>The files of the page: their addresses, and how long who may keep them.</summary>
public sealed partial class PageFileTests(GatewayFixture gateway)
{
    private const string OtherVersion = "/assets/0123456789abcdef/";
    private const int MaxBytesOverTheWire = 250_000;
    private const int RegexTimeoutMs = 1000;

    [GeneratedRegex("(?:href|src)=\"(?<path>/assets/[^\"]+)\"", RegexOptions.ExplicitCapture, RegexTimeoutMs)]
    private static partial Regex AssetPattern { get; }

    [Fact]
    public async Task Everything_that_the_page_starts_with_has_an_immutable_address_and_is_loaded_at_once()
    {
        var page = await Client.GetStringAsync("/");
        var paths = AssetPattern.Matches(page).Select(static one => one.Groups["path"].Value).Distinct(StringComparer.Ordinal).ToList();
        Assert.Contains(paths, path => path.EndsWith("/main.js", StringComparison.Ordinal));
        Assert.Contains(paths, path => path.EndsWith("/words/en.js", StringComparison.Ordinal));
        Assert.Contains(paths, path => path.EndsWith("/css/base.css", StringComparison.Ordinal));
        Assert.Contains("<link rel=\"modulepreload\" href=\"/assets/", page, StringComparison.Ordinal);

        foreach (var path in paths)
        {
            using var answer = await Client.GetAsync(path);
            Assert.Equal((path, HttpStatusCode.OK), (path, answer.StatusCode));
            Assert.Equal("public, max-age=31536000, immutable", answer.Headers.GetValues("Cache-Control").Single());
            Assert.NotEqual("application/octet-stream", answer.Content.Headers.ContentType!.MediaType);
        }
    }

    [Fact]
    public async Task The_page_itself_is_asked_for_each_time_and_sent_only_when_it_has_changed()
    {
        foreach (var path in new[] { "/", "/sw.js", "/manifest.webmanifest" })
        {
            using var first = await Client.GetAsync(path);
            Assert.True(first.Headers.CacheControl!.NoCache, path);
            using var again = new HttpRequestMessage(HttpMethod.Get, path);
            again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
            Assert.Equal(HttpStatusCode.NotModified, (await Client.SendAsync(again)).StatusCode);
        }
    }

    [Fact]
    public async Task A_file_of_another_version_is_sent_but_nobody_may_keep_it()
    {
        using var other = await Client.GetAsync($"{OtherVersion}main.js");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal("no-store", other.Headers.GetValues("Cache-Control").Single());
        foreach (var path in new[] { $"{OtherVersion}nothing.js", "/assets/main.js", "/assets/x/main.js", "/assets/", "/assets", $"{OtherVersion}../main.jsx" })
        {
            Assert.Equal((path, HttpStatusCode.NotFound), (path, (await Client.GetAsync(path)).StatusCode));
        }
    }

    [Fact]
    public async Task Parts_and_forms_of_a_file_have_the_same_content()
    {
        var path = await PathOf("main.js");
        var content = await Client.GetByteArrayAsync(path);
        using var part = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(5, 9) } };
        part.Headers.Add("Accept-Encoding", "br");
        using var answer = await Client.SendAsync(part);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(content[5..10], await answer.Content.ReadAsByteArrayAsync());
        using var compressed = new HttpRequestMessage(HttpMethod.Get, path);
        compressed.Headers.Add("Accept-Encoding", "gzip, br;q=0.9");
        using var small = await Client.SendAsync(compressed);
        Assert.Equal(["br"], small.Content.Headers.ContentEncoding);
        await using var plain = new BrotliStream(await small.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var copy = new MemoryStream();
        await plain.CopyToAsync(copy);
        Assert.Equal(content, copy.ToArray());
    }

    [Fact]
    public async Task The_service_worker_knows_the_version_and_files_that_exist()
    {
        var (version, files, languages) = ReadWorker(await Client.GetStringAsync("/sw.js"));
        Assert.Contains("main.js", files);
        Assert.Contains("index.html", files);
        Assert.DoesNotContain(files, file => file.StartsWith("lib/", StringComparison.Ordinal));
        foreach (var file in files.Concat(languages))
        {
            using var answer = await Client.GetAsync($"/assets/{version}/{file}");
            Assert.Equal((file, HttpStatusCode.OK), (file, answer.StatusCode));
            Assert.Contains("immutable", answer.Headers.GetValues("Cache-Control").Single(), StringComparison.Ordinal);
        }

        Assert.Equal(await Client.GetStringAsync("/"), await Client.GetStringAsync($"/assets/{version}/index.html"));
    }

    [Fact]
    public async Task Without_the_offline_page_the_service_worker_has_no_version()
    {
        await using var off = await GatewayFixture.StartAsync(["--OFFLINE_PAGE=false"]);
        var worker = await off.CreateAnonymousClient().GetStringAsync("/sw.js");
        Assert.StartsWith("const PAGE = {\"version\":null,", worker, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_manifest_names_icons_of_the_sizes_that_they_have()
    {
        using var manifest = JsonDocument.Parse(await Client.GetStringAsync("/manifest.webmanifest"));
        Assert.Equal("standalone", manifest.RootElement.GetProperty("display").GetString());
        var icons = manifest.RootElement.GetProperty("icons").EnumerateArray().Where(static icon => icon.GetProperty("type").GetString() == "image/png").ToList();
        Assert.Contains(icons, static icon => icon.TryGetProperty("purpose", out var purpose) && purpose.GetString() == "maskable");
        foreach (var icon in icons)
        {
            // A PNG has its width and height at these places.
            var png = await Client.GetByteArrayAsync($"/{icon.GetProperty("src").GetString()}");
            var (width, height) = ((png[18] << 8) | png[19], (png[22] << 8) | png[23]);
            Assert.Equal(icon.GetProperty("sizes").GetString(), $"{width}x{height}");
        }
    }

    [Fact]
    public void The_version_follows_every_file()
    {
        using var folder = new Running.TemporaryFolder();
        Write("index.html", "<head><link rel=\"stylesheet\" href=\"a.css\"><script type=\"module\" src=\"main.js\"></script></head><a href=\"docs\">");
        Write("main.js", "import { b } from \"./in/b.js\";\nawait import(\"./later.js\");\n");
        Write("in/b.js", "import {\n  c,\n} from \"../c.js\";\nexport const b = \"./none.js\";\n");
        Write("c.js", "export * from \"./main.js\";\nimport \"./in/b.js\";\n");
        Write("later.js", "");
        Write("a.css", "");
        Write("sw.js", "// worker");
        using var files = new PhysicalFileProvider(folder.Path);
        var (one, fingerprint) = (new PageFiles(files, hasWorker: true), PageFiles.FingerprintOf(files));
        Assert.Equal(one.Version, new PageFiles(files, hasWorker: true).Version);
        var html = Text(one, "/");
        Assert.Equal(["a.css", "main.js", "in/b.js", "c.js"], AssetPattern.Matches(html).Select(path => path.Groups["path"].Value[$"/assets/{one.Version}/".Length..]));
        Assert.Contains("<a href=\"docs\">", html, StringComparison.Ordinal);

        Write("later.js", "// changed");

        Assert.NotEqual(one.Version, new PageFiles(files, hasWorker: true).Version);
        Assert.NotEqual(fingerprint, PageFiles.FingerprintOf(files));

        void Write(string path, string text)
        {
            var file = Path.Combine(folder.Path, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
    }

    /// <summary>All that a user can ever load, but for the diagrams, which are loaded when one is opened.</summary>
    [Fact]
    public void The_whole_page_is_small()
    {
        var root = gateway.Services.GetRequiredService<IWebHostEnvironment>().WebRootFileProvider;
        var (page, request) = (new PageFiles(root, hasWorker: true), new Microsoft.AspNetCore.Http.DefaultHttpContext().Request);
        request.Headers.AcceptEncoding = "br";
        var sizes = page.Paths.Where(static path => !path.StartsWith("lib/mermaid/", StringComparison.Ordinal) && Path.GetExtension(path) is ".html" or ".js" or ".css" or ".svg")
            .ToDictionary(static path => path, path => page.Find($"/{path}")!.Value.File.Choose(request).Body.Length, StringComparer.Ordinal);
        Assert.True(sizes.Values.Sum() <= MaxBytesOverTheWire, string.Join('\n', sizes.OrderByDescending(static one => one.Value)));
    }

    private HttpClient Client => gateway.CreateAnonymousClient();

    private static string Text(PageFiles page, string path) => System.Text.Encoding.UTF8.GetString(page.Find(path)!.Value.File.Content);

    private static (string Version, IReadOnlyList<string> Files, IReadOnlyList<string> Languages) ReadWorker(string script)
    {
        using var page = JsonDocument.Parse(script["const PAGE = ".Length..script.IndexOf(';', StringComparison.Ordinal)]);
        return (page.RootElement.GetProperty("version").GetString()!, Names("files"), Names("languages"));
        string[] Names(string member) => [.. page.RootElement.GetProperty(member).EnumerateArray().Select(static one => one.GetString()!)];
    }

    private async Task<string> PathOf(string file) => AssetPattern.Matches(await Client.GetStringAsync("/"))
        .Select(static one => one.Groups["path"].Value).First(path => path.EndsWith($"/{file}", StringComparison.Ordinal));
}

using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.OpenApi;

/// <summary>The API document, as the linters and generators that people use read it. They are in <c>tests/ApiTools</c>.</summary>
public sealed class ApiToolTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);
    private static readonly string ToolsFolder = Path.Combine(Repository.Folder, "tests", "ApiTools");
    private static readonly string Document = Path.Combine(Repository.Folder, "docs", "openapi.json");
    private static readonly string[] KiotaPackages =
        ["Abstractions", "Http.HttpClientLibrary", "Serialization.Form", "Serialization.Json", "Serialization.Multipart", "Serialization.Text"];

    private static readonly NpmFolder Tools = new(ToolsFolder);

    [Fact]
    public async Task Redocly_finds_nothing()
    {
        var output = await Run("redocly", "lint", Document, "--format", "json");

        var found = JsonElement.Parse(output);
        Assert.All(found.GetProperty("problems").EnumerateArray(), one => Assert.True(one.GetProperty("ignored").GetBoolean(), one.GetRawText()));
    }

    [Fact]
    public Task Spectral_finds_nothing() => Run("spectral", "lint", Document, "--fail-severity", "hint");

    [Fact]
    public async Task Types_for_TypeScript_tell_the_events_of_a_stream_apart()
    {
        using var folder = new TemporaryFolder();
        await Run("openapi-typescript", Document, "--output", Path.Combine(folder.Path, "api.ts"));
        File.Copy(Path.Combine(ToolsFolder, "use.ts"), Path.Combine(folder.Path, "use.ts"));

        await Run("tsc", "--strict", "--noEmit", "--target", "es2022", "--module", "preserve", Path.Combine(folder.Path, "use.ts"));
    }

    [Fact]
    public async Task A_client_that_Kiota_generates_compiles_and_gives_a_stream_as_it_comes()
    {
        using var folder = new TemporaryFolder();
        await Dotnet(ToolsFolder, "tool", "restore");
        await Dotnet(
            ToolsFolder, "kiota", "generate", "--language", "CSharp", "--openapi", Document, "--class-name", "ChatClient",
            "--namespace-name", "Generated", "--output", folder.Path, "--log-level", "Error");
        CreateProject().Save(Path.Combine(folder.Path, "Generated.csproj"));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "Use.cs"), """
            using Generated;
            using Generated.Models;

            public static class Use
            {
                public static Task<Stream?> Follow(ChatClient client, Guid room, CancellationToken cancellationToken) =>
                    client.Chatroom[room].Message.Stream.PostAsync(new PostMessageRequest { Content = "Hi" }, cancellationToken: cancellationToken);

                public static bool IsDone(MessageResponse reply) => reply.Status is MessageStatus.Completed && reply.Sender is Sender.Ai;
            }
            """);

        var packages = Path.Combine(Repository.Folder, "Directory.Packages.props");
        await Dotnet(folder.Path, "build", "--nologo", "--verbosity", "quiet", $"-property:DirectoryPackagesPropsPath={packages}", "-property:NuGetAudit=false");
    }

    private static XDocument CreateProject() => new(new XElement(
        "Project",
        new XAttribute("Sdk", "Microsoft.NET.Sdk"),
        new XElement(
            "PropertyGroup",
            new XElement("TargetFramework", "net10.0"),
            new XElement("Nullable", "enable"),
            new XElement("ImplicitUsings", "enable")),
        new XElement("ItemGroup", KiotaPackages.Select(name => new XElement("PackageReference", new XAttribute("Include", $"Microsoft.Kiota.{name}"))))));

    private static Task<string> Run(string program, params string[] arguments) => Tools.Run(
        ["node", Path.Combine("node_modules", ".bin", program), .. arguments],
        ("REDOCLY_TELEMETRY", "off"),
        ("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true"));

    private static async Task Dotnet(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, UseShellExecute = false };
        start.Environment["KIOTA_CLI_TELEMETRY_OPTOUT"] = "true";
        start.Environment["KIOTA_OFFLINE_ENABLED"] = "true";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        (await ProgramRun.ToEnd(start, Timeout)).GetOutput();
    }
}

using System.Diagnostics;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>The environment and the <c>.env</c> file set the mode and the port of the program.</summary>
public sealed class ModeAndPortTests : IDisposable
{
    private static readonly string Secret = $"SECRET_KEY={new string('k', 32)}";

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = Ports.FindFree();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task In_Production_of_the_file_no_answer_contains_a_code_and_all_machines_can_connect()
    {
        await using var gateway = await Start(["ASPNETCORE_ENVIRONMENT=Production", $"PORT={_port}", Secret]);

        Assert.False((await AskForCode()).TryGetProperty("otp", out _));
        Assert.Contains("mode: Production", gateway.Output, StringComparison.Ordinal);
        Assert.DoesNotContain($"localhost:{_port}", gateway.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_environment_takes_precedence_over_the_file()
    {
        await using var gateway = await Start(
            ["ASPNETCORE_ENVIRONMENT=Production", "PORT=1", Secret], "ASPNETCORE_ENVIRONMENT=Development", $"PORT={_port}");

        Assert.True((await AskForCode()).TryGetProperty("otp", out _));
        Assert.Contains("mode: Development", gateway.Output, StringComparison.Ordinal);
        Assert.Contains($"address: http://localhost:{_port}; ", gateway.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whole_addresses_of_the_file_take_precedence_over_the_port()
    {
        await using var gateway = await Start([$"ASPNETCORE_URLS=http://127.0.0.1:{_port}", "PORT=1"]);

        Assert.Contains($"address: http://127.0.0.1:{_port}; ", gateway.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_setting_the_build_decides_the_mode()
    {
        // The program is built like its tests.
        var isDebugBuild = typeof(ModeAndPortTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration is "Debug";

        await using var gateway = await Start([], $"PORT={_port}", Secret);

        Assert.Contains(isDebugBuild ? "mode: Development" : "mode: Production", gateway.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_unknown_setting_that_looks_like_a_known_one_draws_one_warning()
    {
        await using var gateway = await Start(
            ["ASPNETCORE_ENVIRONMENT=Development", "GEMINI_MODLE=hidden", "MY_OWN=1"],
            $"PORT={_port}", "DATABASE_URI=hidden", "AWS_PROFILE=1", "OTEL_SERVICE_NAME=x");

        var warnings = gateway.Output.Split('\n').Where(line => line.Contains("no such setting", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, warnings.Count);
        Assert.Contains(warnings, line => line.Contains("GEMINI_MODLE is set, but there is no such setting. The most similar one is GEMINI_MODEL\"", StringComparison.Ordinal));
        Assert.Contains(warnings, line => line.Contains("DATABASE_URI is set, but there is no such setting. The most similar one is DATABASE_URL\"", StringComparison.Ordinal));
        Assert.DoesNotContain("hidden", gateway.Output, StringComparison.Ordinal);
    }

    private async Task<JsonElement> AskForCode()
    {
        using var http = new HttpClient { BaseAddress = Address };
        using var response = await http.PostAsJsonAsync("/auth/send-otp", new { mobile_number = "+14155550100" });
        response.EnsureSuccessStatusCode();
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    private Uri Address => new($"http://127.0.0.1:{_port}");

    private async Task<PlainGateway> Start(string[] file, params string[] environment)
    {
        await File.WriteAllLinesAsync(Path.Combine(_folder.Path, ".env"), file);
        var start = new ProcessStartInfo("dotnet", [WebProcess.PathOf("Gateway")]) { WorkingDirectory = _folder.Path };
        foreach (var name in (string[])["ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "ASPNETCORE_URLS", "PORT"])
        {
            start.Environment.Remove(name);
        }

        foreach (var setting in environment.Select(setting => setting.Split('=', 2)))
        {
            start.Environment[setting[0]] = setting[1];
        }

        var gateway = new PlainGateway(start, Address);
        gateway.Launch();
        await gateway.WaitUntilReady();
        await gateway.WaitForLog("is running");
        return gateway;
    }

    /// <summary>The program without the settings that other tests give it.</summary>
    private sealed class PlainGateway(ProcessStartInfo start, Uri address) : ServerProcess(start)
    {
        private readonly HttpClient _http = new() { BaseAddress = address };

        public override Task WaitUntilReady() => WaitUntil(() => IsOk(_http, "/health/ready"));

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            _http.Dispose();
            GC.SuppressFinalize(this);
        }
    }
}

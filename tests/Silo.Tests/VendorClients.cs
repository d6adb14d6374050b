using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace GeminiChat.Silo.Tests;

/// <summary>Runs a script over the vendors' own npm packages, in <c>tests/Vendors</c>.</summary>
internal static class VendorClients
{
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan RunTimeout = TimeSpan.FromSeconds(60);
    private static readonly string Folder = Path.Combine(Repository.Folder, "tests", "Vendors");
    private static readonly Lazy<Task> Installed = new(Install);

    /// <summary>The JSON that a script prints; skips the test where there is no Node.js.</summary>
    public static async Task<JsonElement> Run(string script, string argument, Dictionary<string, string> environment)
    {
        try
        {
            await Installed.Value;
            return JsonSerializer.Deserialize<JsonElement>(await Run("node", RunTimeout, environment, script, argument));
        }
        catch (Win32Exception)
        {
            Assert.Skip("Node.js is not installed, so the vendor's own client cannot be run.");
            throw;
        }
    }

    private static async Task Install()
    {
        await Run("node", RunTimeout, [], "--version");

        // npm writes its own list last: without it, or with an old one, an install is missing or was broken off.
        var installed = File.GetLastWriteTimeUtc(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        if (installed < File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
        {
            await Run("npm", InstallTimeout, [], "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        }
    }

    private static async Task<string> Run(
        string program,
        TimeSpan timeout,
        Dictionary<string, string> environment,
        params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await errors}");
            return output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}

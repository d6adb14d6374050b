using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace GeminiChat.Silo.Tests;

/// <summary>Runs scripts over the vendors' own npm packages, in <c>tests/Vendors</c>. One Node.js runs all of them.</summary>
internal static class VendorClients
{
    private static readonly string Folder = Path.Combine(Repository.Folder, "tests", "Vendors");
    private static readonly Lazy<Task> Installed = new(Install);
    private static readonly Lazy<Task<Process>> Host = new(() => Start("host.mjs"));

    // The scripts read the environment, which they share.
    private static readonly SemaphoreSlim OneAtATime = new(1);

    /// <summary>The JSON that a script prints; skips the test where there is no Node.js.</summary>
    public static async Task<JsonElement> Run(string script, string argument, Dictionary<string, string> environment)
    {
        await OneAtATime.WaitAsync();
        try
        {
            // The installation has a time of its own.
            var host = await Host.Value;
            using var deadline = Deadline.Start();
            await host.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { script, argument, environment }).AsMemory(), deadline.Token);
            await host.StandardInput.FlushAsync(deadline.Token);
            var output = await host.StandardOutput.ReadLineAsync(deadline.Token);
            return JsonElement.Parse(output ?? throw new InvalidOperationException(await host.StandardError.ReadToEndAsync(deadline.Token)));
        }
        catch (Win32Exception)
        {
            Assert.Skip("Node.js is not installed, so the vendor's own client cannot be run.");
            throw;
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    /// <summary>Starts a script of the folder. It ends when its input does, with the tests.</summary>
    public static async Task<Process> Start(string script)
    {
        await Installed.Value;
        return Launch("node", script);
    }

    private static async Task Install()
    {
        // npm writes its own list last: without it, or with an old one, an install is missing or was broken off.
        var installed = File.GetLastWriteTimeUtc(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        if (installed < File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
        {
            using var deadline = Deadline.Start();
            using var npm = Launch("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
            var output = await Task.WhenAll(npm.StandardOutput.ReadToEndAsync(deadline.Token), npm.StandardError.ReadToEndAsync(deadline.Token));
            await npm.WaitForExitAsync(deadline.Token);
            Assert.True(npm.ExitCode == 0, string.Join('\n', output));
        }
    }

    private static Process Launch(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = Folder,
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}

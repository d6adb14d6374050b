using System.Diagnostics;
using System.Text.Json;

namespace GeminiChat.Silo.Tests;

/// <summary>Runs scripts over the vendors' own npm packages, in <c>tests/Vendors</c>. One Node.js runs all of them.</summary>
internal static class VendorClients
{
    private static readonly NpmFolder Folder = new(Path.Combine(Repository.Folder, "tests", "Vendors"));
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
        finally
        {
            OneAtATime.Release();
        }
    }

    /// <summary>Starts a script of the folder. It ends when its input does, or with the tests.</summary>
    public static Task<Process> Start(string script) => Folder.Start(["node", script]);
}

using System.Diagnostics;
using System.Text.Json;

namespace GeminiChat.EndToEnd.Tests.Clients;

/// <summary>A program that uses the TypeScript client, in Node.js. It prints a line of JSON for each thing that happened.</summary>
internal sealed class ClientScript : IDisposable
{
    private static int _numbers;

    private readonly Process _process;
    private readonly Task<string> _errors;

    private ClientScript(Process process) => (_process, _errors) = (process, process.StandardError.ReadToEndAsync());

    /// <summary>Runs the package's own tests, and returns what they print.</summary>
    public static async Task<string> RunTests()
    {
        await TypeScriptClient.EnsureBuilt();
        return await TypeScriptClient.Folder.Run(["node", "--test", .. TypeScriptClient.Tests]);
    }

    public static async Task<ClientScript> Start(Uri service, string scenario, string argument = "", params (string Name, string Value)[] environment)
    {
        await TypeScriptClient.EnsureBuilt();
        var number = $"+1415556{Interlocked.Increment(ref _numbers) + 1000:D4}";
        return new ClientScript(await TypeScriptClient.Folder.Start(
            ["node", "test/against-gateway.mjs", scenario, argument],
            [("BASE_URL", service.ToString()), ("NUMBER", number), .. environment]));
    }

    /// <summary>What happened next.</summary>
    public async Task<JsonElement> Read()
    {
        using var deadline = Deadline.Start();
        return await _process.StandardOutput.ReadLineAsync(deadline.Token) is { } line
            ? JsonElement.Parse(line)
            : throw new InvalidOperationException($"The script ended: {await _errors.WaitAsync(deadline.Token)}");
    }

    /// <summary>Reads events up to one of a type, and returns all of their types.</summary>
    public async Task<List<string>> ReadTo(string type)
    {
        List<string> types = [];
        while (types is not [.., var last] || last != type)
        {
            types.Add((await Read()).GetProperty("type").GetString()!);
        }

        return types;
    }

    /// <summary>Makes the script stop its reply.</summary>
    public async Task StopReply()
    {
        await _process.StandardInput.WriteLineAsync("stop");
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Ends it in the midst of its work.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Waits until it has come to its end, and nothing keeps it.</summary>
    public async Task WaitForExit()
    {
        using var deadline = Deadline.Start();
        await _process.WaitForExitAsync(deadline.Token);
        Assert.True(_process.ExitCode == 0, await _errors.WaitAsync(deadline.Token));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}

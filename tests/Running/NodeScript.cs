using System.Diagnostics;
using System.Text.Json;

namespace GeminiChat.Running;

/// <summary>A program in Node.js that prints a line of JSON for each thing that happened.</summary>
public sealed class NodeScript : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private NodeScript(Process process) => (_process, _errors) = (process, process.StandardError.ReadToEndAsync());

    /// <summary>Starts a script of a folder. It ends with the test.</summary>
    /// <remarks>Skips the test where there is no Node.js.</remarks>
    public static async Task<NodeScript> Start(NpmFolder folder, string[] words, params (string Name, string Value)[] environment) =>
        new(await folder.Start(["node", .. words], environment));

    /// <summary>What happened next.</summary>
    public async Task<JsonElement> Read()
    {
        using var deadline = Deadline.Start();
        return await _process.StandardOutput.ReadLineAsync(deadline.Token) is { } line
            ? JsonElement.Parse(line)
            : throw new InvalidOperationException($"The script ended: {await _errors.WaitAsync(deadline.Token)}");
    }

    /// <summary>Reads events up to one of a type, and returns all of their types.</summary>
    public async Task<IReadOnlyList<string>> ReadTo(string type)
    {
        List<string> types = [];
        while (types is not [.., var last] || last != type)
        {
            types.Add((await Read()).GetProperty("type").GetString()!);
        }

        return types;
    }

    /// <summary>Gives the script a line of input.</summary>
    public async Task Tell(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

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
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}

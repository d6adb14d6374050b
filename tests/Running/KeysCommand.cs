using System.Diagnostics;

namespace GeminiChat.Running;

/// <summary>The gateway's command <c>keys</c>, as an operator runs it.</summary>
public static class KeysCommand
{
    /// <summary>Creates an API key, and gives it.</summary>
    /// <param name="folder">The working folder.</param>
    /// <param name="settings">The environment.</param>
    public static async Task<string> Create(string folder, params (string Name, string Value)[] settings)
    {
        var (code, output) = await Run(folder, ["create", "--scope", "users", "--name", "test"], settings);
        Assert.True(code == 0, output);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Last();
    }

    /// <summary>Runs the command to its end.</summary>
    public static async Task<(int Code, string Output)> Run(string folder, string[] words, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [WebProcess.PathOf("Gateway"), "keys", .. words]) { WorkingDirectory = folder };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var run = await ProgramRun.ToEnd(start);
        return (run.ExitCode, run.Output + run.ErrorOutput);
    }
}

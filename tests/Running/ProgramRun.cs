using System.Diagnostics;

namespace GeminiChat.Running;

/// <summary>A run of one of the programs to its end, with nothing set but what the test sets.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">The lines of its error output.</param>
public sealed record ProgramRun(int ExitCode, string Output, IReadOnlyList<string> Errors)
{
    /// <summary>Runs a program, and waits for its end.</summary>
    /// <param name="program"><c>Gateway</c> or <c>Silo</c>.</param>
    /// <param name="folder">The working folder.</param>
    /// <param name="settings">Its settings, such as <c>PORT=8000</c>.</param>
    public static async Task<ProgramRun> ToEnd(string program, string folder, params IEnumerable<string> settings)
    {
        var start = new ProcessStartInfo("dotnet", [WebProcess.PathOf(program)]) { WorkingDirectory = folder };
        foreach (var setting in settings.Select(setting => setting.Split('=', 2)))
        {
            start.Environment[setting[0]] = setting[1];
        }

        using var process = ProcessStarter.Start(start);
        using var deadline = Deadline.Start();
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        finally
        {
            process.Kill();
        }

        return new ProgramRun(
            process.ExitCode, await output, (await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}

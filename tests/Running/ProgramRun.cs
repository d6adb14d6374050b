using System.Diagnostics;

namespace GeminiChat.Running;

/// <summary>A run of a program to its end.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="ErrorOutput">Its error output.</param>
public sealed record ProgramRun(int ExitCode, string Output, string ErrorOutput)
{
    /// <summary>The lines of its error output.</summary>
    public IReadOnlyList<string> Errors => ErrorOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Runs a program with an empty input, and waits for its end.</summary>
    /// <param name="start">The program.</param>
    /// <param name="timeout">When it is killed; null for <see cref="Deadline.Timeout"/>.</param>
    public static async Task<ProgramRun> ToEnd(ProcessStartInfo start, TimeSpan? timeout = null)
    {
        start.RedirectStandardInput = true;
        using var process = ProcessStarter.Start(start);
        using var deadline = new CancellationTokenSource(timeout ?? Deadline.Timeout);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new ProgramRun(process.ExitCode, await output, await errors);
    }

    /// <summary>The standard output of a run that has succeeded. Fails if it has not.</summary>
    public string GetOutput()
    {
        Assert.True(ExitCode == 0, $"{Output}\n{ErrorOutput}");
        return Output;
    }
}

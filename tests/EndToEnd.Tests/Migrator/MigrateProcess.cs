using System.Diagnostics;

namespace GeminiChat.EndToEnd.Tests.Migrator;

/// <summary>The program that moves data, as an operator runs it.</summary>
internal sealed class MigrateProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string[]> _output;

    private MigrateProcess(Process process) => (_process, _output) =
        (process, Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()));

    public static MigrateProcess Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [WebProcess.PathOf("Migrator"), "migrate", .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new MigrateProcess(Process.Start(start)!);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output)> Run(string folder, params string[] arguments)
    {
        using var migrate = Start(folder, arguments);
        return await migrate.WaitForExit();
    }

    public async Task<(int Code, string Output)> WaitForExit()
    {
        using var deadline = Deadline.Start();
        await _process.WaitForExitAsync(deadline.Token);
        return (_process.ExitCode, string.Concat(await _output));
    }

    /// <summary>kill -9.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}

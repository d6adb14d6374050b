using System.Diagnostics;

namespace GeminiChat.Running;

/// <summary>A folder with a <c>package.json</c>. Its packages are installed when they are first needed.</summary>
public sealed class NpmFolder
{
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);

    private readonly string _path;
    private readonly Lazy<Task> _installed;

    public NpmFolder(string path)
    {
        _path = path;
        _installed = new Lazy<Task>(Install);
    }

    /// <summary>Starts a program of the folder with its packages, such as <c>node script.mjs</c>. It ends with the tests.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">Added to the environment of the tests.</param>
    /// <remarks>Skips the test where there is no Node.js.</remarks>
    public async Task<Process> Start(string[] command, params (string Name, string Value)[] environment)
    {
        await _installed.Value;
        return ProcessStarter.Start(Command(command, environment));
    }

    /// <summary>Runs a program of the folder to its end, and returns what it wrote. Fails if it fails.</summary>
    public async Task<string> Run(string[] command, params (string Name, string Value)[] environment)
    {
        await _installed.Value;
        return await RunToEnd(command, environment);
    }

    // Programs of several test projects run at the same time: one of them installs.
    private async Task Install()
    {
        using var deadline = new CancellationTokenSource(InstallTimeout);
        await using var alone = await Lock(Path.Combine(_path, ".npm-install.lock"), deadline.Token);

        // npm writes its own list last: without it, or with an old one, an install is missing or was broken off.
        var installed = File.GetLastWriteTimeUtc(Path.Combine(_path, "node_modules", ".package-lock.json"));
        if (installed < File.GetLastWriteTimeUtc(Path.Combine(_path, "package-lock.json")))
        {
            await RunToEnd(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], []);
        }
    }

    /// <summary>Keeps other processes from the same work until the result is disposed.</summary>
    internal static async Task<FileStream> Lock(string file, CancellationToken cancellationToken)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException)
            {
                await retry.WaitForNextTickAsync(cancellationToken);
            }
        }
    }

    private async Task<string> RunToEnd(string[] command, (string Name, string Value)[] environment) =>
        (await ProgramRun.ToEnd(Command(command, environment), InstallTimeout)).GetOutput();

    private ProcessStartInfo Command(string[] command, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = _path, UseShellExecute = false, RedirectStandardInput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        if (!HasProgram(command[0]))
        {
            Assert.Skip("Node.js with npm is not installed.");
        }

        return start;
    }

    private static bool HasProgram(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name)));
}

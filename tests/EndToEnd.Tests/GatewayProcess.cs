using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>The gateway as an operator runs it: a process with settings, which can be asked to end, or killed.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private const int FirstPort = 20_000;
    private const int Ports = 12_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static int _ports = Random.Shared.Next(Ports);

    private static readonly string Program = Path.GetFullPath(typeof(GatewayProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "GatewayProgram").Value!
        .Replace('\\', Path.DirectorySeparatorChar));

    private readonly ConcurrentQueue<string> _output = new();
    private readonly Process _process;

    private GatewayProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
        Http = new HttpClient { BaseAddress = address, Timeout = Deadline };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>The memory that the process holds, in bytes.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>All that the process has printed.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts the program in a folder, with nothing set but this.</summary>
    public static GatewayProcess Launch(string folder, params ReadOnlySpan<(string Name, string Value)> settings) =>
        LaunchAt(new Uri($"http://127.0.0.1:{FreePort()}"), folder, settings);

    private static GatewayProcess LaunchAt(Uri address, string folder, ReadOnlySpan<(string Name, string Value)> settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Program, "--urls", address.ToString() },
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";

        // Many users sign in from one address here, and some have much to say.
        start.Environment["AUTH_REQUESTS_PER_MINUTE_PER_IP"] = "0";
        start.Environment["BASIC_DAILY_MESSAGES"] = "0";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return new GatewayProcess(Process.Start(start)!, address);
    }

    /// <summary>Starts the program, and waits until it is ready.</summary>
    public static Task<GatewayProcess> Start(string folder, params (string Name, string Value)[] settings) =>
        Ready(Launch(folder, settings));

    /// <summary>Starts the program where another one was that has ended, and waits until it is ready.</summary>
    public static Task<GatewayProcess> StartAt(Uri address, string folder, params (string Name, string Value)[] settings) =>
        Ready(LaunchAt(address, folder, settings));

    private static async Task<GatewayProcess> Ready(GatewayProcess gateway)
    {
        await gateway.UntilReady();
        return gateway;
    }

    /// <summary>Waits until requests are served.</summary>
    public Task UntilReady() => UntilWell("/health/ready");

    /// <summary>Waits until the web server listens.</summary>
    public Task UntilLive() => UntilWell("/health/live");

    private async Task UntilWell(string probe)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var deadline = new CancellationTokenSource(Deadline);
        while (!await IsWell(probe))
        {
            Assert.False(_process.HasExited, $"The gateway ended with {(_process.HasExited ? _process.ExitCode : 0)}:\n{Output}");
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>Waits until the process has logged this.</summary>
    public async Task UntilLogged(string text)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var deadline = new CancellationTokenSource(Deadline);
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>kill -9.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await UntilExit();
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the process to end, and returns its exit code.</summary>
    public async Task<int> UntilExit()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await Kill();
        }

        _process.Dispose();
        Http.Dispose();
    }

    private async Task<bool> IsWell(string probe)
    {
        try
        {
            using var response = await Http.GetAsync(probe);
            return response.StatusCode is HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }

    /// <summary>
    /// A port below those that systems give to outgoing connections: the tests make thousands of them, and one could take
    /// the port before the program listens.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = FirstPort + (int)((uint)Interlocked.Increment(ref _ports) % Ports);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody listens there.
            }
        }
    }
}

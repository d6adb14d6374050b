using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace GeminiChat.Running;

/// <summary>
/// A server in a process of its own, which can be asked to end, killed, held still, and started again. It does not
/// outlive the tests.
/// </summary>
/// <param name="start">The program, and what it is started with.</param>
public abstract class ServerProcess(ProcessStartInfo start) : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _output = new();
    private readonly List<Process> _started = [];
    private volatile Process? _process;

    public bool HasExited => Running.HasExited;

    /// <summary>Whether it was told to end; its process may still be at it.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>The memory that the process holds, in bytes.</summary>
    public long WorkingSet
    {
        get
        {
            Running.Refresh();
            return Running.WorkingSet64;
        }
    }

    /// <summary>All that it has printed, over all of its starts.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>The signal that asks it to end.</summary>
    protected virtual string StopSignal => "TERM";

    /// <summary>The id of its process.</summary>
    public int Id => Running.Id;

    /// <summary>The processes that make the server.</summary>
    public virtual IEnumerable<int> Processes => [Id];

    private Process Running => _process ?? throw new InvalidOperationException("It was not started.");

    /// <summary>Starts it, for the first time or again, and does not wait for more.</summary>
    public void Launch()
    {
        // Others may ask at any moment whether it has ended: the former one can be asked until the end.
        _process = ProcessStarter.Start(start);
        _started.Add(_process);
        IsStopping = false;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts it again after its end, where it was, and waits until it is ready.</summary>
    public async Task Restart()
    {
        await WaitForExit();
        Launch();
        await WaitUntilReady();
    }

    /// <summary>Waits until it serves.</summary>
    public abstract Task WaitUntilReady();

    /// <summary>Waits until it has printed this.</summary>
    /// <param name="text">What it prints.</param>
    /// <param name="start">How much of its output came before.</param>
    public Task WaitForLog(string text, int start = 0) =>
        WaitUntil(() => Task.FromResult(Output.AsSpan(start).Contains(text, StringComparison.Ordinal)));

    /// <summary>kill -9.</summary>
    public async Task Kill()
    {
        IsStopping = true;
        Pause();
        Signal("KILL");
        await WaitForExit();
    }

    /// <summary>Asks it to end, as an operator does, and does not wait.</summary>
    public void Terminate()
    {
        IsStopping = true;
        SendSignal(StopSignal, [Id]);
    }

    /// <summary>Asks it to end, and waits until it has.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> Stop()
    {
        Terminate();
        return WaitForExit();
    }

    /// <summary>Holds it still: its connections stay open, and nothing answers.</summary>
    public void Pause()
    {
        // The first one starts no others then.
        SendSignal("STOP", [Id]);
        Signal("STOP");
    }

    /// <summary>Lets it go on after <see cref="Pause"/>.</summary>
    public void Continue() => Signal("CONT");

    /// <summary>Waits for the process to end, and returns its exit code.</summary>
    public async Task<int> WaitForExit()
    {
        using var deadline = Deadline.Start();
        await Running.WaitForExitAsync(deadline.Token);
        return Running.ExitCode;
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            if (!HasExited)
            {
                await Kill();
            }

            _started.ForEach(process => process.Dispose());
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Looks until it is so.</summary>
    protected async Task WaitUntil(Func<Task<bool>> condition)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var deadline = Deadline.Start();
        while (!await condition())
        {
            Assert.False(HasExited, $"{GetType().Name} ended with {(HasExited ? Running.ExitCode : 0)}:\n{Output}");
            Assert.False(deadline.IsCancellationRequested, $"{GetType().Name} was waited for in vain:\n{Output}");
            await retry.WaitForNextTickAsync();
        }
    }

    /// <summary>Whether a server listens there and answers 200.</summary>
    protected static async Task<bool> IsOk(HttpClient http, string address)
    {
        try
        {
            using var response = await http.GetAsync(address);
            return response.StatusCode is HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Signal(string name) => SendSignal(name, Processes);

    protected static void SendSignal(string name, IEnumerable<int> processes)
    {
        using var kill = Process.Start("kill", [$"-{name}", .. processes.Select(id => id.ToString(CultureInfo.InvariantCulture))]);
        kill.WaitForExit();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;

namespace GeminiChat.Running;

/// <summary>Starts processes that end with the tests, also when those are killed.</summary>
/// <remarks>
/// The kernel tells a child of the death of the thread that started it, not of its process. So one thread starts them
/// all, and stays.
/// </remarks>
public static class ProcessStarter
{
    private const string Setpriv = "/usr/bin/setpriv";

    private static readonly BlockingCollection<Action> Starts = [];

    static ProcessStarter() => new Thread(StartThem) { IsBackground = true, Name = "starts processes" }.Start();

    /// <summary>Starts a process. The caller reads what it prints.</summary>
    public static Process Start(ProcessStartInfo start)
    {
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        if (File.Exists(Setpriv) && start.FileName != Setpriv)
        {
            string[] command = ["--pdeathsig", "KILL", start.FileName];
            foreach (var word in command.Reverse())
            {
                start.ArgumentList.Insert(0, word);
            }

            start.FileName = Setpriv;
        }

        var started = new TaskCompletionSource<Process>();
        Starts.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception failure)
            {
                started.SetException(failure);
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }

    private static void StartThem()
    {
        foreach (var start in Starts.GetConsumingEnumerable())
        {
            start();
        }
    }
}

using System.Runtime.CompilerServices;

namespace GeminiChat.Grains;

/// <summary>Tasks of an activation. They run on its scheduler.</summary>
internal static class GrainTasks
{
    /// <summary>
    /// Starts work that no call waits for, without the request context of the call that starts it. The work handles its
    /// own exceptions.
    /// </summary>
    /// <returns>Completes with the work.</returns>
    public static Task RunInBackground(Func<Task> work)
    {
        using var noFlow = ExecutionContext.SuppressFlow();
        return Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Current).Unwrap();
    }

    /// <summary>Waits for a task, whether it succeeds or not.</summary>
    public static ConfiguredTaskAwaitable SuppressThrowing(this Task task) =>
        task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}

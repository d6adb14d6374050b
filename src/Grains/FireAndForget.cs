namespace GeminiChat.Grains;

/// <summary>Work that no call waits for.</summary>
internal static class FireAndForget
{
    /// <summary>
    /// Starts work on the activation's scheduler, without the request context of the call that starts it. The work
    /// handles its own exceptions.
    /// </summary>
    public static void Run(Func<Task> work)
    {
        using var noFlow = ExecutionContext.SuppressFlow();
        _ = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Current);
    }
}

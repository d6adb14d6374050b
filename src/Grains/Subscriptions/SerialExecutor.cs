namespace GeminiChat.Grains.Subscriptions;

/// <summary>Runs one work item after the other. Not thread-safe: one activation owns it.</summary>
internal sealed class SerialExecutor
{
    private Task _last = Task.CompletedTask;

    /// <summary>Runs work after all earlier work has ended, whether it succeeded or failed.</summary>
    public Task<T> Run<T>(Func<Task<T>> work)
    {
        var task = After(_last, work);
        _last = task;
        return task;
    }

    private static async Task<T> After<T>(Task before, Func<Task<T>> work)
    {
        await before.SuppressThrowing();
        return await work();
    }
}

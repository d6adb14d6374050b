namespace GeminiChat.Grains.Subscriptions;

/// <summary>Runs one piece of work after the other. Not thread-safe: it belongs to one activation.</summary>
internal sealed class SerialExecutor
{
    private Task _last = Task.CompletedTask;

    /// <summary>Runs work when all that was given before has ended, well or not.</summary>
    public Task<T> Run<T>(Func<Task<T>> work)
    {
        var task = After(_last, work);
        _last = task;
        return task;
    }

    private static async Task<T> After<T>(Task before, Func<Task<T>> work)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return await work();
    }
}

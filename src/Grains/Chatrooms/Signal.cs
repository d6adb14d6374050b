namespace GeminiChat.Grains.Chatrooms;

/// <summary>Wakes all who wait, each time there is news. Not thread-safe: it belongs to one activation.</summary>
internal sealed class Signal
{
    private TaskCompletionSource? _next;

    /// <summary>Completes at the next <see cref="Pulse"/>.</summary>
    public Task Next => (_next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Pulse()
    {
        var waiting = _next;
        _next = null;
        waiting?.SetResult();
    }
}

namespace GeminiChat.Grains.Chatrooms;

/// <summary>Wakes all waiting callers each time there is news. Not thread-safe: one activation owns it.</summary>
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

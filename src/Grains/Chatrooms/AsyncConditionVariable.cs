using System.Runtime.CompilerServices;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>Wakes all waiting callers each time there is news. Not thread-safe: one activation owns it.</summary>
internal sealed class AsyncConditionVariable
{
    private TaskCompletionSource? _next;

    /// <summary>Waits for the next <see cref="NotifyAll"/>. A timeout is normal, so it throws no exception.</summary>
    public ConfiguredTaskAwaitable WaitAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _next.Task.WaitAsync(timeout, time, cancellationToken).SuppressThrowing();
    }

    public void NotifyAll()
    {
        var waiting = _next;
        _next = null;
        waiting?.SetResult();
    }
}

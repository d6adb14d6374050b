using GeminiChat.Running;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Gateway.Tests;

internal static class FakeTimeProviderExtensions
{
    /// <summary>
    /// Sets the clock forward again and again until the task ends: a timer of the server may be armed at any moment. The server
    /// has real time between two steps, so that it sees each of them.
    /// </summary>
    public static async Task<T> AdvanceUntilAsync<T>(this FakeTimeProvider time, TimeSpan step, Task<T> task)
    {
        using var deadline = Deadline.Start();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!task.IsCompleted)
        {
            await timer.WaitForNextTickAsync(deadline.Token);
            time.Advance(step);
        }

        return await task;
    }
}

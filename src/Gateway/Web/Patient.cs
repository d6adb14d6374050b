namespace GeminiChat.Gateway.Web;

/// <summary>
/// Repeats a grain call after an outage, so that the loss of a silo costs its callers time and not their requests. Only
/// for calls that are documented as safe to repeat, and that answer from memory or with one commit.
/// </summary>
/// <remarks>
/// The first repeat comes at once: an activation that was just going has a successor. While a silo is lost, calls to it
/// fail at once or not at all until the others have declared it dead, so then it tries on, more and more slowly. Waiting
/// would not help against a store that is away, or a silo that has too much to do.
/// </remarks>
internal static class Patient
{
    /// <summary>No repeat begins later than this: a lost silo is declared dead well before.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    public static Task<T> Ask<TTarget, T>(TTarget target, Func<TTarget, Task<T>> call) => Ask(target, call, TimeProvider.System);

    internal static async Task<T> Ask<TTarget, T>(TTarget target, Func<TTarget, Task<T>> call, TimeProvider time)
    {
        var began = time.GetTimestamp();
        var delay = TimeSpan.Zero;
        while (true)
        {
            try
            {
                return await call(target);
            }
            catch (Exception exception) when (Outage.Is(exception)
                && (delay == TimeSpan.Zero || (Outage.MayHeal(exception) && time.GetElapsedTime(began) + delay < Longest)))
            {
                // Not all of those who wait at the same moment.
                await Task.Delay(delay * (0.5 + (Random.Shared.NextDouble() / 2)), time);
                delay = delay == TimeSpan.Zero ? FirstDelay : TimeSpan.FromTicks(Math.Min(2 * delay.Ticks, LongestDelay.Ticks));
            }
        }
    }
}

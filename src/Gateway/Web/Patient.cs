namespace GeminiChat.Gateway.Web;

/// <summary>
/// Repeats a grain call after an outage, so that the loss of a silo costs its callers time and not their requests. Only
/// for calls that are documented as safe to repeat, and that answer from memory or with one commit.
/// </summary>
/// <remarks>
/// The first repeat comes at once: an activation that was just going has a successor. While a silo is lost, calls to it
/// fail at once or not at all until the others have declared it dead, so then it tries on, more and more slowly. A store
/// or a silo that has too much to do looks the same when it says nothing, and repeats would be more of what it cannot
/// do. So no more than <see cref="Places"/> requests of a process try on at a time.
/// </remarks>
internal static class Patient
{
    /// <summary>How many requests of a process may try on at a time. The others fail after the first repeat.</summary>
    internal const int Places = 500;

    /// <summary>No repeat begins later than this: a lost silo is declared dead well before.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    private static readonly SemaphoreSlim Free = new(Places);

    /// <summary>Asks for a request.</summary>
    /// <param name="target">What <paramref name="call"/> gets.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends the trying. A call that is under way is waited for.</param>
    public static Task<T> Ask<TTarget, T>(TTarget target, Func<TTarget, Task<T>> call, CancellationToken cancellationToken) =>
        Ask(target, call, Free, TimeProvider.System, cancellationToken);

    /// <summary>
    /// Asks for a stream that is open. It takes no place: a stream has one call under way whatever happens, and would
    /// otherwise come back as a request.
    /// </summary>
    /// <inheritdoc cref="Ask{TTarget, T}(TTarget, Func{TTarget, Task{T}}, CancellationToken)"/>
    public static Task<T> AskForStream<TTarget, T>(
        TTarget target, Func<TTarget, Task<T>> call, CancellationToken cancellationToken) =>
        Ask(target, call, free: null, TimeProvider.System, cancellationToken);

    internal static async Task<T> Ask<TTarget, T>(
        TTarget target, Func<TTarget, Task<T>> call, SemaphoreSlim? free, TimeProvider time, CancellationToken cancellationToken)
    {
        var limit = new Limit(time, time.GetTimestamp(), cancellationToken);
        try
        {
            return await call(target);
        }
        catch (Exception outage) when (Outage.Is(outage) && limit.Leaves(TimeSpan.Zero))
        {
            // Once more.
        }

        try
        {
            return await call(target);
        }
        catch (Exception outage) when (Outage.MayHeal(outage) && limit.Leaves(FirstDelay) && free?.Wait(0) is not false)
        {
            // There is a place.
        }

        try
        {
            return await TryOn(target, call, limit);
        }
        finally
        {
            free?.Release();
        }
    }

    private static async Task<T> TryOn<TTarget, T>(TTarget target, Func<TTarget, Task<T>> call, Limit limit)
    {
        for (var delay = FirstDelay; ; delay = TimeSpan.FromTicks(Math.Min(2 * delay.Ticks, LongestDelay.Ticks)))
        {
            // Not all of those who wait at the same moment.
            await Task.Delay(delay * (0.5 + (Random.Shared.NextDouble() / 2)), limit.Time, limit.CancellationToken);
            try
            {
                return await call(target);
            }
            catch (Exception outage) when (Outage.MayHeal(outage) && limit.Leaves(LongestDelay))
            {
                // And again.
            }
        }
    }

    private readonly record struct Limit(TimeProvider Time, long Began, CancellationToken CancellationToken)
    {
        public bool Leaves(TimeSpan delay) =>
            !CancellationToken.IsCancellationRequested && Time.GetElapsedTime(Began) + delay < Longest;
    }
}

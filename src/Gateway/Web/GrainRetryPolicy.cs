using GeminiChat.ServiceDefaults.Files;

namespace GeminiChat.Gateway.Web;

/// <summary>
/// Retries a grain call after an outage, so that requests survive the loss of a silo. The first retry comes at once, because
/// the next call may already reach a new activation. The delay grows with each further retry: calls to a lost silo fail
/// until the other silos have declared it dead.
/// </summary>
/// <remarks>
/// An overloaded store or silo that does not answer looks like a lost one, and retries add to its load. So only a limited
/// number of requests at a time may retry more than once.
/// </remarks>
/// <param name="slots">One for each request that retries more than once; null for no limit.</param>
/// <param name="time">The clock.</param>
internal sealed class GrainRetryPolicy(SemaphoreSlim? slots, TimeProvider time)
{
    /// <summary>How many requests of a process may retry more than once at a time. The others fail.</summary>
    internal const int MaxRetryingRequests = 500;

    /// <summary>No retry begins later than this. A lost silo is declared dead well before.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(1);

    /// <summary>Makes a call, and retries it while that can help.</summary>
    /// <param name="call">A call that is safe to repeat.</param>
    /// <param name="cancellationToken">Ends the retries. A running call is still awaited.</param>
    public async Task<T> ExecuteAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        var hasSlot = false;
        try
        {
            for (var delay = TimeSpan.Zero; ; delay = Next(delay))
            {
                try
                {
                    return await call();
                }
                catch (Exception outage) when (
                    IsRetryable(outage, delay) && !cancellationToken.IsCancellationRequested
                    && time.GetElapsedTime(startedAt) + delay < Timeout
                    && (delay == TimeSpan.Zero || hasSlot || (hasSlot = TryTakeSlot())))
                {
                    // A random part of the delay, so that not all requests retry at the same moment.
                    await Task.Delay(delay * (0.5 + (Random.Shared.NextDouble() / 2)), time, cancellationToken);
                }
            }
        }
        finally
        {
            if (hasSlot)
            {
                slots?.Release();
            }
        }
    }

    /// <summary>The first retry is for every outage. Later retries are only for outages that end without an operator.</summary>
    private static bool IsRetryable(Exception exception, TimeSpan delay) =>
        delay == TimeSpan.Zero ? TransientErrors.IsTransient(exception) : TransientErrors.IsPossibleFailover(exception);

    private static TimeSpan Next(TimeSpan delay) =>
        delay == TimeSpan.Zero ? FirstDelay : TimeSpan.FromTicks(Math.Min(2 * delay.Ticks, MaxDelay.Ticks));

    private bool TryTakeSlot() => slots?.Wait(0) is not false;
}

/// <summary>Grain calls with the retry policy. Only for calls that are documented as safe to repeat.</summary>
internal static class GrainCalls
{
    private static readonly GrainRetryPolicy Requests = new(new(GrainRetryPolicy.MaxRetryingRequests), TimeProvider.System);
    private static readonly GrainRetryPolicy Streams = new(slots: null, TimeProvider.System);

    /// <summary>Makes a call for a request.</summary>
    /// <inheritdoc cref="GrainRetryPolicy.ExecuteAsync"/>
    public static Task<T> RetryAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) =>
        Requests.ExecuteAsync(call, cancellationToken);

    /// <inheritdoc cref="RetryAsync{T}"/>
    public static Task RetryAsync(Func<Task> call, CancellationToken cancellationToken) => RetryAsync(
        async () =>
        {
            await call();
            return true;
        },
        cancellationToken);

    /// <summary>
    /// Makes a call for an open stream. The call takes no slot: a stream never has more than one call, and if the stream
    /// ended, the client would send a new request anyway.
    /// </summary>
    /// <inheritdoc cref="GrainRetryPolicy.ExecuteAsync"/>
    public static Task<T> RetryInStreamAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) =>
        Streams.ExecuteAsync(call, cancellationToken);

    /// <summary>
    /// Makes a long call, and repeats it once at most. A call that timed out is not repeated, because the client has waited
    /// long enough.
    /// </summary>
    public static async Task<T> RetryOnceAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (TransientErrors.IsTransient(exception) && exception is not TimeoutException)
        {
            return await call();
        }
    }
}

/// <summary>Distinguishes outages from bugs.</summary>
internal static class TransientErrors
{
    /// <summary>
    /// Whether a repeat of the request may succeed: the store, the files, a silo or the network failed, or another activation of the
    /// grain runs. <see cref="OrleansException"/> covers rejections, lost silos, overload and inconsistent state.
    /// </summary>
    public static bool IsTransient(Exception exception) =>
        exception is StoreUnavailableException or StoreOutcomeUnknownException or OrleansException or TimeoutException
            or FileStorageException;

    /// <summary>
    /// Whether the cluster may recover within seconds, as it does after the loss of a silo. False for an outage of the store
    /// and for an overload. A timeout may have either cause.
    /// </summary>
    public static bool IsPossibleFailover(Exception exception) =>
        exception is TimeoutException or (OrleansException and not (GatewayTooBusyException or LimitExceededException));
}

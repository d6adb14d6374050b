using System.Text.Json;

namespace GeminiChat.Client;

/// <summary>Decides which failures are worth a repeat, and when.</summary>
internal sealed class RetryPolicy(GeminiChatOptions options, TimeProvider time)
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(30);

    /// <summary>Repeats a call while that can help.</summary>
    public async Task<T> ExecuteAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await call().ConfigureAwait(false);
            }
            catch (Exception error) when (FindDelay(error, failures) is { } delay)
            {
                await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The wait before a repeat; null if a repeat cannot help.</summary>
    public TimeSpan? FindDelay(Exception error, int failures, bool isStream = false)
    {
        // A stream is tried more often than a request, because the service may be starting again.
        var attempts = isStream ? 2 * options.RetryAttempts : options.RetryAttempts;
        if (failures > attempts || !IsTransient(error))
        {
            return null;
        }

        // Random, so that not all clients return at the same time.
        var doubled = Math.Min(MaxDelay.Ticks, options.RetryDelay.Ticks * Math.Pow(2, failures - 1));
        var backoff = TimeSpan.FromTicks((long)(doubled * (0.5 + (Random.Shared.NextDouble() / 2))));
        var asked = (error as GeminiChatException)?.RetryAfter ?? TimeSpan.Zero;
        return asked > MaxRetryAfter ? null : asked > backoff ? asked : backoff;
    }

    /// <summary>Whether the connection failed, or the answer is not the service's own.</summary>
    public static bool IsConnectionError(Exception error, CancellationToken callers) =>
        error is HttpRequestException or IOException or JsonException
        || (error is OperationCanceledException && !callers.IsCancellationRequested);

    private static bool IsTransient(Exception error) => error switch
    {
        ReplyFailedException => false,
        GeminiChatException { Status: 429 or 502 or 503 or 504 } or GeminiChatConnectionException => true,
        _ => false,
    };
}

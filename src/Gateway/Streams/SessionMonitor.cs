using GeminiChat.Gateway.Auth;

namespace GeminiChat.Gateway.Streams;

/// <summary>
/// Checks the session of a stream's reader. If the check gets no answer, for example because the user's silo was lost, the
/// stream continues meanwhile: the rooms may be on other silos.
/// </summary>
internal sealed class SessionMonitor(SessionValidator sessions, UserPrincipal reader, TimeProvider time)
{
    /// <summary>How long the stream waits for one check.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private Task<bool>? _pendingCheck;

    /// <summary>The session may still be live, so the client can reconnect with a new token.</summary>
    public bool IsTokenExpired => time.GetUtcNow() >= reader.ExpiresAt;

    /// <summary>Starts a check, unless an earlier one is still running.</summary>
    /// <returns>False if the session has ended.</returns>
    /// <exception cref="Exception">The check failed after all its repeats.</exception>
    public async ValueTask<bool> IsLiveAsync(CancellationToken end)
    {
        if (_pendingCheck is null)
        {
            _pendingCheck = sessions.IsLiveAsync(reader, isStream: true, end).AsTask();
            await ((Task)_pendingCheck).WaitAsync(Timeout, time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!_pendingCheck.IsCompleted)
        {
            end.ThrowIfCancellationRequested();
            return true;
        }

        var check = _pendingCheck;
        _pendingCheck = null;
        return await check;
    }
}

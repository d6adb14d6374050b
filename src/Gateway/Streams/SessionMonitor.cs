using GeminiChat.Gateway.Auth;

namespace GeminiChat.Gateway.Streams;

/// <summary>
/// Watches the session of a stream's reader. Where the answer stays out, as while the user's silo is lost, the stream goes
/// on meanwhile: that is no reason to show anybody out, nor to hold up the news of rooms that are well.
/// </summary>
internal sealed class SessionMonitor(SessionValidator sessions, UserPrincipal reader, TimeProvider time)
{
    /// <summary>How long one look holds up the stream.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private Task<bool>? _pendingCheck;

    /// <summary>
    /// Whether the reader's access token is not taken any more. The session may go on: whoever has a fresh token may attach
    /// again.
    /// </summary>
    public bool IsTokenExpired => time.GetUtcNow() >= reader.ExpiresAt;

    /// <summary>Looks, unless an earlier look has no answer yet.</summary>
    /// <returns>False when the session has ended.</returns>
    /// <exception cref="Exception">Nobody has answered for as long as <see cref="SessionValidator"/> asks.</exception>
    public async ValueTask<bool> IsLiveAsync(CancellationToken end)
    {
        if (_pendingCheck is null)
        {
            _pendingCheck = sessions.IsLiveForStreamAsync(reader, end).AsTask();
            await ((Task)_pendingCheck).WaitAsync(Timeout, time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!_pendingCheck.IsCompleted)
        {
            end.ThrowIfCancellationRequested();
            return true;
        }

        var answer = _pendingCheck;
        _pendingCheck = null;
        return await answer;
    }
}

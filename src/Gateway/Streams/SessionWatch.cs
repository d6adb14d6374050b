using GeminiChat.Gateway.Auth;

namespace GeminiChat.Gateway.Streams;

/// <summary>
/// Watches the session of a stream's reader. Where the answer stays out, as while the user's silo is lost, the stream goes
/// on meanwhile: that is no reason to show anybody out, nor to hold up the news of rooms that are well.
/// </summary>
internal sealed class SessionWatch(SessionCheck sessions, SignedIn reader, TimeProvider time)
{
    /// <summary>How long one look holds up the stream.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private Task<bool>? _look;

    /// <summary>
    /// Whether the reader's access token is not taken any more. The session may go on: whoever has a fresh token may attach
    /// again.
    /// </summary>
    public bool IsTokenExpired => time.GetUtcNow() >= reader.ExpiresAt;

    /// <summary>Looks, unless an earlier look has no answer yet.</summary>
    /// <returns>False when the session has ended.</returns>
    /// <exception cref="Exception">Nobody has answered for as long as <see cref="SessionCheck"/> asks.</exception>
    public async ValueTask<bool> GoesOnAsync(CancellationToken end)
    {
        if (_look is null)
        {
            _look = sessions.IsStillLiveAsync(reader, end).AsTask();
            await ((Task)_look).WaitAsync(Timeout, time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!_look.IsCompleted)
        {
            end.ThrowIfCancellationRequested();
            return true;
        }

        var answer = _look;
        _look = null;
        return await answer;
    }
}

using GeminiChat.GrainInterfaces.Chatrooms;
using Orleans.Storage;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Accepts what a room is asked for: one commit at a time, each with all the requests that came while the one before was
/// under way. Runs on the activation's scheduler.
/// </summary>
/// <param name="room">The room.</param>
/// <param name="parts">What rooms share.</param>
/// <param name="acceptance">Stores the turns.</param>
internal sealed class PostQueue(Room room, ChatroomServices parts, BatchAcceptance acceptance)
{
    private readonly Dictionary<string, (TurnRequest Request, Task<PostOutcome> Outcome)> _inFlight = [];
    private List<PendingTurn> _waiting = [];
    private int _committing;

    /// <summary>Whether a commit is under way.</summary>
    public bool IsCommitting => _committing > 0;

    /// <summary>Finds out what came of a commit whose outcome is not known; does nothing when there is none.</summary>
    /// <exception cref="InconsistentStateException">The room is another activation's.</exception>
    public async Task BecomeSure()
    {
        if (acceptance.UnsureTurns > 0 && _committing == 0)
        {
            _committing = acceptance.UnsureTurns;
            try
            {
                await acceptance.BecomeSure();
            }
            finally
            {
                _committing = 0;
                CommitWaiting();
            }
        }
    }

    public async Task<PostOutcome> Post(TurnRequest request)
    {
        while (_inFlight.TryGetValue(request.Key, out var first))
        {
            if (first.Request == request)
            {
                return await first.Outcome;
            }

            // Which of the two the key belongs to shows when the first has come to its outcome: it may be the stranger.
            await ((Task)first.Outcome).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        // Runs up to its first wait, so the key is in the map before anyone else's turn.
        var outcome = PostOnce(request);
        _inFlight.Add(request.Key, (request, outcome));
        try
        {
            return await outcome;
        }
        finally
        {
            _inFlight.Remove(request.Key);
        }
    }

    private async Task<PostOutcome> PostOnce(TurnRequest request)
    {
        if (Refusal() is { } refusal)
        {
            // A repeat of what has been accepted is never refused.
            var stored = await parts.Rooms.FindTurn(room.Key, request.Key);
            return stored is null ? refusal : room.Repeat(stored, request);
        }

        var pending = new PendingTurn(request);
        _waiting.Add(pending);
        CommitWaiting();
        return await pending.Outcome;
    }

    private void CommitWaiting()
    {
        if (_committing == 0 && _waiting.Count > 0)
        {
            Detached.Run(CommitAll);
        }
    }

    private PostOutcome? Refusal()
    {
        if (parts.Drain.Leaving.IsCancellationRequested && parts.Others.Any() is null)
        {
            return new PostOutcome.Leaving();
        }

        var open = room.Turns.Count + _waiting.Count + _committing;
        return open > parts.Options.MaxWaitingTurns ? new PostOutcome.QueueFull(parts.Options.MaxWaitingTurns) : null;
    }

    private async Task CommitAll()
    {
        // Started twice before it began, it finds the second time that somebody is at it.
        while (_committing == 0 && _waiting.Count > 0)
        {
            var batch = _waiting;
            _waiting = [];
            _committing = batch.Count;
            try
            {
                _waiting.InsertRange(0, await acceptance.Take(batch));
            }
            catch (Exception failure)
            {
                batch.ForEach(pending => pending.Fail(failure));
            }

            _committing = 0;
        }
    }
}

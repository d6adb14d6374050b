using Orleans.Runtime.Placement;
using Orleans.Storage;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// The part about the end: the room is deleted, another activation goes on with it, or it moves from a stopping silo.
/// </summary>
internal sealed partial class ChatroomGrain
{
    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(10);

    private Task<bool>? _deletion;
    private bool _isSuperseded;
    private bool _isMigrating;

    public async Task<bool> Delete()
    {
        ThrowIfSuperseded();
        var deletion = _deletion ??= DeleteOnce();
        var isDeleted = false;
        try
        {
            return isDeleted = await deletion;
        }
        finally
        {
            if (!isDeleted && _deletion == deletion)
            {
                // The next call tries again, or finds it done and tells the user's grain.
                _deletion = null;
            }

            DeactivateIfAbsent();
        }
    }

    private async Task<bool> DeleteOnce()
    {
        var isDeleted = (_room is not null && await services.Rooms.Delete(_key, services.Now()))
            || await services.Rooms.WasDeleted(_key);
        if (isDeleted)
        {
            await Close();
            _notices.Deleted();
            await _user.RoomDeleted(_key.RoomId);
        }

        return isDeleted;
    }

    /// <summary>The room is gone: calls do not find it here any more, and the connection to the model is closed.</summary>
    private async Task Close()
    {
        if (_room is null)
        {
            return;
        }

        Abort(new InconsistentStateException($"Room {_key.RoomId} was deleted."));
        (_room, _settings) = (null, null);
        await _pump!.StopAsync().WaitAsync(AbortTimeout, services.Time).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <summary>Waits for work of a call. When the room is deleted meanwhile, its failure is no error.</summary>
    /// <returns>Null when the room has been deleted.</returns>
    private async Task<T?> UnlessDeleted<T>(Task<T> work)
        where T : class
    {
        try
        {
            return await work;
        }
        catch (Exception) when (_deletion is { } deletion)
        {
            if (await deletion)
            {
                return null;
            }

            throw;
        }
    }

    /// <summary>Leaves the room to another activation.</summary>
    internal void Relinquish(Exception reason)
    {
        _isSuperseded = true;
        Abort(reason);
    }

    /// <summary>Breaks off the running turn, fails the calls that wait for it, and ends the activation.</summary>
    private void Abort(Exception reason)
    {
        _ = _pump!.StopAsync();
        _room?.Deactivate();
        foreach (var turn in _room?.PendingTurns ?? [])
        {
            turn.Abandon(reason);
        }

        DeactivateOnIdle();
    }

    private void ThrowIfSuperseded()
    {
        if (_isSuperseded)
        {
            throw Superseded.ForRoom(_key);
        }
    }

    /// <summary>
    /// Migrates to a silo that takes turns, once a turn is pending and none runs here. Calls that come meanwhile wait and
    /// are answered there. This is called after an event, and not again and again: the other silo may be stopping too.
    /// </summary>
    internal void MigrateIfStopping()
    {
        if (!services.Shutdown.Stopping.IsCancellationRequested || _room is not { PendingTurns: [_, ..] turns } || _pump!.IsRunning
            || services.OtherSilos.PickRandom() is not { } target)
        {
            return;
        }

        // The migration begins when no call is under way, so readers that wait for text are to return now.
        _isMigrating = true;
        foreach (var turn in turns)
        {
            turn.Updated.Pulse();
        }

        GrainContext.Migrate(new() { [IPlacementDirector.PlacementHintKey] = target });
    }
}

using Orleans.Runtime.Placement;
using Orleans.Storage;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Ending: the room is deleted, another activation takes over, or the room moves away from a silo that is shutting down.
/// </summary>
internal sealed partial class ChatroomGrain
{
    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(10);

    private Task<bool>? _deletion;
    private bool _isStale;
    private bool _isMigrating;

    // The first try may share the deletion of an unused room, which fails when the room is used meanwhile.
    public async Task<bool> Delete() =>
        await Delete(unusedSince: null) || (_room is not null && await Delete(unusedSince: null));

    public Task<bool> DeleteIfUnusedSince(DateTimeOffset since) => Delete(since);

    private async Task<bool> Delete(DateTimeOffset? unusedSince)
    {
        ThrowIfStale();
        var deletion = _deletion ??= DeleteOnce(unusedSince);
        var isDeleted = false;
        try
        {
            return isDeleted = await deletion;
        }
        finally
        {
            if (!isDeleted && _deletion == deletion)
            {
                // The next call retries. If the room is deleted by then, that call notifies the user's grain.
                _deletion = null;
            }

            DeactivateIfAbsent();
        }
    }

    private async Task<bool> DeleteOnce(DateTimeOffset? unusedSince)
    {
        var isDeleted = (_room is not null && await services.Rooms.Delete(_key, services.Now(), unusedSince))
            || await services.Rooms.WasDeleted(_key);
        if (isDeleted)
        {
            await Close();
            await _user.RoomDeleted(_key.RoomId);
        }

        return isDeleted;
    }

    /// <summary>
    /// Closes the deleted room: calls no longer find it in this activation, and the connection to the model is closed.
    /// </summary>
    private async Task Close()
    {
        if (_room is null)
        {
            return;
        }

        Abort(new InconsistentStateException($"Room {_key.RoomId} was deleted."));
        (_room, _settings) = (null, null);
        await _pump!.StopAsync().WaitAsync(AbortTimeout, services.Time).SuppressThrowing();
    }

    /// <summary>
    /// Waits for the work of a call. If the room is deleted meanwhile, a failure of the work is not an error.
    /// </summary>
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

    /// <summary>Deactivates, so that another activation takes over the room.</summary>
    internal void DeactivateAsStale(Exception reason)
    {
        _isStale = true;
        Abort(reason);
    }

    /// <summary>Aborts the running turn, fails the calls that wait for it, and ends the activation.</summary>
    private void Abort(Exception reason)
    {
        _ = _pump!.StopAsync();
        _room?.Deactivate(reason);
        DeactivateOnIdle();
    }

    private void ThrowIfStale()
    {
        if (_isStale)
        {
            throw StaleActivation.ForRoom(_key);
        }
    }

    /// <summary>
    /// Migrates to a silo that still runs turns, if a turn is pending and none runs here. Calls that arrive meanwhile
    /// wait and are answered on the other silo. This method is called once per event and not in a loop, because the other
    /// silo may be shutting down too.
    /// </summary>
    internal void MigrateIfStopping()
    {
        if (!services.Shutdown.Stopping.IsCancellationRequested || _room is not { PendingTurns: [_, ..] turns } || _pump!.IsRunning
            || services.PickOtherSilo() is not { } target)
        {
            return;
        }

        // The migration starts when no call is running, so readers that wait for text must return now.
        _isMigrating = true;
        foreach (var turn in turns)
        {
            turn.WakeReaders();
        }

        GrainContext.Migrate(new() { [IPlacementDirector.PlacementHintKey] = target });
    }
}

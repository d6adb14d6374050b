using GeminiChat.GrainInterfaces.Chatrooms;
using Orleans.Storage;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>The part about the room's end.</summary>
internal sealed partial class ChatroomGrain
{
    private static readonly TimeSpan BreakOffTimeout = TimeSpan.FromSeconds(10);

    private Task<bool>? _deletion;

    public async Task<bool> Delete()
    {
        ThrowIfLost();
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

            LeaveIfAbsent();
        }
    }

    private async Task<bool> DeleteOnce()
    {
        var isDeleted = (_room is not null && await parts.Rooms.Delete(_key, parts.Now()))
            || await parts.Rooms.WasDeleted(_key);
        if (isDeleted)
        {
            await Close();
            _notices.Deleted();
            await _user.RoomDeleted(_key.RoomId);
        }

        return isDeleted;
    }

    /// <summary>The room is gone: nobody finds it here any more, and the model's connection is closed.</summary>
    private async Task Close()
    {
        if (_room is null)
        {
            return;
        }

        Abandon(new InconsistentStateException($"Room {_key.RoomId} was deleted."));
        (_room, _posts, _settings) = (null, null, null);
        await _pump!.End().WaitAsync(BreakOffTimeout, parts.Time).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <summary>Brings a turn into the queue, unless the room goes meanwhile.</summary>
    private async Task<PostOutcome> Queue(PostQueue posts, TurnRequest request)
    {
        try
        {
            return await posts.Post(request);
        }
        catch (Exception) when (_deletion is { } deletion)
        {
            // What was not accepted before the room went is not owed.
            if (await deletion)
            {
                return new PostOutcome.RoomAbsent();
            }

            throw;
        }
    }

    /// <summary>Stops a reply, unless its room goes meanwhile.</summary>
    private async Task<RoomMessage?> StopOpen(Turn turn)
    {
        try
        {
            return await _pump!.Stop(turn);
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
}

using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>The part about losing the room to another activation.</summary>
internal sealed partial class ChatroomGrain
{
    private bool _isLost;

    /// <summary>Finds a message in memory or in the store.</summary>
    /// <remarks>
    /// An id that has not been given out here may have been by another activation, while silos disagree about who belongs
    /// to the cluster. Then this one is out of date, and goes: who asks again is answered by the other one.
    /// </remarks>
    private async ValueTask<RoomMessage?> Find(Room room, long id)
    {
        if (id < room.Row.NextId || await parts.Rooms.ReadMessage(_key, id) is null)
        {
            return await room.Conversation.Find(id);
        }

        await _posts!.BecomeSure();
        if (room.Conversation.Recall(id) is { } message)
        {
            return message;
        }

        if (_posts.IsCommitting)
        {
            throw new StoreUnavailableException($"Message {id} of room {_key.RoomId} may be in this very commit.");
        }

        var lost = TakenOver.Room(_key);
        GiveUp(lost);
        throw lost;
    }

    private void GiveUp(Exception reason)
    {
        _isLost = true;
        Abandon(reason);
    }

    /// <summary>Breaks off what runs, tells those who wait, and ends the activation.</summary>
    private void Abandon(Exception reason)
    {
        _ = _pump!.End();
        _room?.Leave();
        foreach (var turn in _room?.Turns ?? [])
        {
            turn.Abandon(reason);
        }

        DeactivateOnIdle();
    }

    private void ThrowIfLost()
    {
        if (_isLost)
        {
            throw TakenOver.Room(_key);
        }
    }
}

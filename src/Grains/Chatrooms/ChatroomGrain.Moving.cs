using GeminiChat.GrainInterfaces.Chatrooms;
using Orleans.Runtime.Placement;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>The part about going to another silo when this one leaves.</summary>
internal sealed partial class ChatroomGrain
{
    private bool _isMoving;

    /// <summary>
    /// Goes to a silo that takes turns, once a turn is owed and none is at work here. Calls that come meanwhile wait and
    /// are answered there. Called when something has happened, not over and over: the other silo may be leaving too.
    /// </summary>
    private void MoveIfLeaving()
    {
        if (!parts.Drain.Leaving.IsCancellationRequested || _room is not { Turns: [_, ..] turns } || _pump!.IsRunning
            || parts.Others.Any() is not { } target)
        {
            return;
        }

        // It goes when no call is under way, and those who wait for text may have a long time to wait.
        _isMoving = true;
        foreach (var turn in turns)
        {
            turn.News.Pulse();
        }

        GrainContext.Migrate(new() { [IPlacementDirector.PlacementHintKey] = target });
    }

    /// <summary>What a reader gets who is to ask again.</summary>
    private static ReplyProgress NoNews(ReplyCursor from) => new(from, Reset: false, Text: "", End: null);
}

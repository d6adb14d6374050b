using GeminiChat.GrainInterfaces.Chatrooms;
using Microsoft.Extensions.Logging;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>The part about telling the user, their grain and their devices, of what is durable.</summary>
internal sealed partial class ChatroomGrain
{
    private Task OnAccepted(Acceptance acceptance)
    {
        foreach (var turn in acceptance.Turns)
        {
            _notices.Queued(acceptance.Summary, turn.Reply.Id, _room!.Position(turn.Reply.Id));
        }

        _pump!.Start();
        MoveIfLeaving();
        return _user.TurnsStored(acceptance.Summary);
    }

    private void OnEnded(TurnEnd end)
    {
        if (end.IsTitled)
        {
            _notices.Renamed(end.Room);
        }

        _notices.Finished(end.Room, end.Reply);
        _ = TryTellUser(end.Room);
        if (end.MayBeRefunded)
        {
            _ = TryTell(_user.Recount());
        }
    }

    private Task TellUser(RoomSummary summary) => _user.RoomChanged(summary);

    private Task TryTellUser(RoomSummary summary) => TryTell(TellUser(summary));

    private async Task TryTell(Task telling)
    {
        try
        {
            await telling;
        }
        catch (Exception failure)
        {
            // The user's grain compares its list with the rows once a minute, and the day's count before a refusal.
            Log.UserNotTold(parts.Logger, failure, _key.RoomId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The user's grain does not know yet of a change of room {RoomId}")]
        public static partial void UserNotTold(ILogger logger, Exception exception, Guid roomId);
    }
}

namespace GeminiChat.Grains.Chatrooms;

/// <summary>The part about telling the user, their grain and their devices, of what is durable.</summary>
internal sealed partial class ChatroomGrain
{
    /// <summary>Tells of a turn whose end is stored.</summary>
    internal void TurnEnded(RoomSummary room, RoomMessage reply, bool isTitled)
    {
        if (isTitled)
        {
            _notices.Renamed(room);
        }

        _notices.Finished(room, reply);
        _ = NotifyUserGrainOrLog(room);
    }

    /// <summary>A turn runs: the activation is in use for longer than the model may be silent.</summary>
    internal void StayActive() => DelayDeactivation(DeactivationDelay);

    private Task NotifyUserGrain(RoomSummary summary) => _user.RoomChanged(summary);

    private async Task NotifyUserGrainOrLog(RoomSummary summary)
    {
        try
        {
            await NotifyUserGrain(summary);
        }
        catch (Exception failure)
        {
            // The user's grain compares its list with the rows once a minute.
            Log.UserNotTold(services.Logger, failure, _key.RoomId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The user's grain does not know yet of a change of room {RoomId}")]
        public static partial void UserNotTold(ILogger logger, Exception exception, Guid roomId);
    }
}

namespace GeminiChat.Grains.Chatrooms;

/// <summary>Notifying: the user's grain and the user's devices are told of durable changes.</summary>
internal sealed partial class ChatroomGrain
{
    /// <summary>Notifies the user's grain and devices that the end of a turn is stored.</summary>
    internal void TurnEnded(RoomSummary room, RoomMessage reply, bool isTitled)
    {
        if (isTitled)
        {
            _notices.Renamed(room);
        }

        _notices.Finished(room, reply);
        _ = NotifyUserGrainOrLog(room);
    }

    /// <summary>Keeps the activation alive while a turn runs, for longer than the model may be silent.</summary>
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
        [LoggerMessage(LogLevel.Warning, "The user's grain could not be notified of a change of room {RoomId}")]
        public static partial void UserNotTold(ILogger logger, Exception exception, Guid roomId);
    }
}

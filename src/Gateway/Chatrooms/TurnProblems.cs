using GeminiChat.Gateway.Files;
using GeminiChat.Gateway.Users;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>The answers to turns and rooms that were not accepted.</summary>
internal static class TurnProblems
{
    public static Problem Of(PostOutcome outcome, TimeProvider time) => outcome switch
    {
        PostOutcome.RoomAbsent or PostOutcome.MessageAbsent or PostOutcome.ReplyAbsent => RoomPath.NotFound,
        PostOutcome.FileAbsent => FileProblems.Absent,
        PostOutcome.KeyReused => ChatroomProblems.KeyReused,
        PostOutcome.ReplyPending => ChatroomProblems.ReplyPending,
        PostOutcome.TooManyVersions versions => ChatroomProblems.TooManyVersions(versions.Limit),
        PostOutcome.QuotaExceeded reached => DailyLimit.Reached(reached.Usage, time),
        PostOutcome.QueueFull full => ChatroomProblems.QueueFull(full.Limit),
        PostOutcome.OptionsRefused(var refusal) => ReplyOptionsMapping.ToProblem(refusal, time),
        PostOutcome.SiloStopping => Problems.Stopping,
        var other => throw new NotSupportedException(other.GetType().Name),
    };

    public static Problem Of(CreateRoomOutcome outcome, TimeProvider time) => outcome switch
    {
        CreateRoomOutcome.AlreadyExists => ChatroomProblems.KeyReused,
        CreateRoomOutcome.Deleted => ChatroomProblems.Gone,
        CreateRoomOutcome.TooManyRooms many => ChatroomProblems.TooManyRooms(many.Limit),
        CreateRoomOutcome.CopyTooLong => ChatroomProblems.TooLongToCopy,
        CreateRoomOutcome.OptionsRefused(var refusal) => ReplyOptionsMapping.ToProblem(refusal, time),
        CreateRoomOutcome.UserAbsent => Problems.Unauthorized,
        var other => throw new NotSupportedException(other.GetType().Name),
    };
}

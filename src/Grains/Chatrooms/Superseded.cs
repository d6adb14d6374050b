using Orleans.Storage;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Exceptions for an activation that another activation of the same room has superseded. Orleans deactivates a grain that
/// throws one of them.
/// </summary>
internal static class Superseded
{
    public static InconsistentStateException ForRoom(RoomKey room) => new($"Room {room.RoomId} is superseded: another activation goes on with it.");

    public static InconsistentStateException ForReply(RoomKey room, Turn turn) =>
        new($"Reply {turn.Reply.Id} of room {room.RoomId} is superseded: another activation goes on with it.");
}

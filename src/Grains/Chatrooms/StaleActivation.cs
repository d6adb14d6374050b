using Orleans.Storage;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Exceptions for an activation after another activation of the same room has taken over. Orleans deactivates a grain that throws
/// one of them.
/// </summary>
internal static class StaleActivation
{
    public static InconsistentStateException ForRoom(RoomKey room) => new($"Another activation has taken over room {room.RoomId}.");

    public static InconsistentStateException ForReply(RoomKey room, Turn turn) =>
        new($"Another activation has taken over reply {turn.Reply.Id} of room {room.RoomId}.");
}

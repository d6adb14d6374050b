using GeminiChat.GrainInterfaces;
using Orleans.Storage;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>What an activation finds out when another one of its room goes on in its place; Orleans ends it for that.</summary>
internal static class TakenOver
{
    public static InconsistentStateException Room(RoomKey room) => new($"Room {room.RoomId} was taken over.");

    public static InconsistentStateException Reply(RoomKey room, Turn turn) =>
        new($"Reply {turn.Reply.Id} of room {room.RoomId} was taken over.");
}

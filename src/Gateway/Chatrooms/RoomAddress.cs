using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Finds what a path names, for the user who asks. The owner is part of a room's key.</summary>
internal static class RoomAddress
{
    /// <summary>The one answer to a room or message that is absent, another user's, or no id at all.</summary>
    public static Problem Absent { get; } =
        new(StatusCodes.Status404NotFound, "There is no such chatroom or message.");

    /// <summary>The room of a path; null when the id is none.</summary>
    public static IChatroomGrain? Room(this IGrainFactory grains, Guid userId, string id) =>
        Guid.TryParseExact(id, "D", out var roomId) ? grains.Chatroom(new RoomKey(userId, roomId)) : null;

    public static string Path(Guid roomId) => $"/chatroom/{roomId:D}";

    public static string Path(string room, long messageId) => $"/chatroom/{room}/message/{messageId}";
}

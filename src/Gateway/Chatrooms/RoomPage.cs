using System.Collections.Immutable;
using System.Text.Json;
using GeminiChat.Gateway.Web;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>A room with a page of its messages, as JSON.</summary>
/// <param name="Body">The bytes: <see cref="Limits.PageBytes"/> at most, but for a single message that has more.</param>
/// <param name="OlderThan">The id before which there are older messages; null when there are none.</param>
internal sealed record RoomPage(Rendered Body, long? OlderThan)
{
    /// <summary>Of messages that are too large together the newest come, and the others on the next page.</summary>
    public static RoomPage Of(RoomViewResponse room, bool hasOlder)
    {
        var bytes = Bytes(room);
        if (bytes.Length > Limits.PageBytes)
        {
            var newest = Newest(room);
            hasOlder |= newest.Length < room.Messages.Length;
            room = room with { Messages = newest };
            bytes = Bytes(room);
        }

        return new RoomPage(new Rendered(bytes), hasOlder && room.Messages is [var oldest, ..] ? oldest.Id : null);
    }

    private static ImmutableArray<MessageResponse> Newest(RoomViewResponse room)
    {
        var left = Limits.PageBytes - Bytes(room with { Messages = [] }).Length;
        var start = room.Messages.Length;
        while (start > 0 && (left -= Bytes(room.Messages[start - 1])) >= 0)
        {
            start--;
        }

        return room.Messages[Math.Min(start, room.Messages.Length - 1)..];
    }

    private static byte[] Bytes(RoomViewResponse room) =>
        JsonSerializer.SerializeToUtf8Bytes(room, Json.Context.RoomViewResponse);

    private static int Bytes(MessageResponse message) =>
        JsonSerializer.SerializeToUtf8Bytes(message, Json.Context.MessageResponse).Length + ",".Length;
}

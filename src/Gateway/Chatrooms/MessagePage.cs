using System.Text.Json;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>A room with a page of its messages, as JSON.</summary>
/// <param name="Body">At most <see cref="SizeLimits.MaxPageBytes"/>, unless a single message is larger.</param>
/// <param name="OlderThan">The value of <c>before</c> for the next page; null if there are no older messages.</param>
internal sealed record MessagePage(SerializedJson Body, long? OlderThan)
{
    /// <summary>If the messages are too large for one page, the page has only the newest of them.</summary>
    public static MessagePage Of(RoomViewResponse room, bool hasOlder)
    {
        var bytes = Bytes(room);
        if (bytes.Length > SizeLimits.MaxPageBytes)
        {
            var newest = Newest(room);
            hasOlder |= newest.Length < room.Messages.Length;
            room = room with { Messages = newest };
            bytes = Bytes(room);
        }

        return new MessagePage(new SerializedJson(bytes, room.Version), hasOlder && room.Messages is [var oldest, ..] ? oldest.Id : null);
    }

    private static ImmutableArray<MessageResponse> Newest(RoomViewResponse room)
    {
        var left = SizeLimits.MaxPageBytes - Bytes(room with { Messages = [] }).Length;
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

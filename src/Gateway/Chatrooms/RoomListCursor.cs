using System.Buffers.Binary;
using System.Buffers.Text;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// The cursor of the room list: the last room of a page, and the time of its last activity. It is opaque to clients. A room
/// that becomes active meanwhile moves to the front of the list.
/// </summary>
internal static class RoomListCursor
{
    private const int CursorBytes = 24;

    public static string Encode(RoomSummary last)
    {
        Span<byte> bytes = stackalloc byte[CursorBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, last.UpdatedAt.UtcTicks);
        last.Id.TryWriteBytes(bytes[sizeof(long)..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The index at which the page after a cursor starts; null if the text is not a cursor.</summary>
    public static int? FindStart(ImmutableArray<RoomSummary> rooms, string cursor)
    {
        Span<byte> bytes = stackalloc byte[CursorBytes];
        if (!Base64UrlText.TryDecode(cursor, bytes))
        {
            return null;
        }

        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes);
        var id = new Guid(bytes[sizeof(long)..], bigEndian: true);

        // The room may be deleted or at the front now. Its old position counts.
        for (var i = 0; i < rooms.Length; i++)
        {
            var room = rooms[i];
            if (room.UpdatedAt.UtcTicks < ticks || (room.UpdatedAt.UtcTicks == ticks && room.Id.CompareTo(id) < 0))
            {
                return i;
            }
        }

        return rooms.Length;
    }
}

using System.Buffers.Binary;
using System.Buffers.Text;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// The cursor of the room list: the last room of a page, whether it was pinned, and the time of its last activity. It is opaque
/// to clients. A room that becomes active or is pinned meanwhile moves to the front of the list.
/// </summary>
internal static class RoomListCursor
{
    private const int CursorBytes = 24;

    // Above every time, so that a pinned room comes before every other one.
    private const ulong PinnedBit = 1UL << 63;

    public static string Encode(RoomSummary last)
    {
        Span<byte> bytes = stackalloc byte[CursorBytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, PositionOf(last));
        last.Id.TryWriteBytes(bytes[sizeof(ulong)..], bigEndian: true, out _);
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

        var last = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var id = new Guid(bytes[sizeof(ulong)..], bigEndian: true);

        // The room may be deleted or at the front now. Its old position counts.
        for (var i = 0; i < rooms.Length; i++)
        {
            var position = PositionOf(rooms[i]);
            if (position < last || (position == last && rooms[i].Id.CompareTo(id) < 0))
            {
                return i;
            }
        }

        return rooms.Length;
    }

    private static ulong PositionOf(RoomSummary room) => (ulong)room.UpdatedAt.UtcTicks | (room.IsPinned ? PinnedBit : 0);
}

using FsCheck;
using FsCheck.Xunit;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Streams;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using Microsoft.AspNetCore.Http;

namespace GeminiChat.Rules.Tests.Cursors;

public sealed class CursorTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> NoCursors =>
        ["", "-", "7", "-7", "7-", "-7-8", "7--8", "+7-8", "7-+8", " 7-8", "7-8 ", "7-8-9", "7-x", "x-7", "7_8", "99999999999-8", "7-99999999999999999999"];

    [Theory]
    [MemberData(nameof(NoCursors))]
    public void Another_text_is_no_cursor(string text)
    {
        Assert.False(ReplyCursor.TryParse(text, out var reply));
        Assert.False(NoticeCursor.TryParse(text, out var notice));
        Assert.Equal((default, default), (reply, notice));
    }

    [Property]
    public bool A_cursor_of_a_reply_survives_its_text(NonNegativeInt attempt, NonNegativeInt offset)
    {
        var cursor = new ReplyCursor(attempt.Get, offset.Get);
        return cursor.ToString() == $"{attempt.Get}-{offset.Get}" && ReplyCursor.TryParse(cursor.ToString(), out var read) && read == cursor;
    }

    [Property]
    public bool A_cursor_of_notices_survives_its_text(NonNegativeInt epoch, NonNegativeInt number)
    {
        var cursor = new NoticeCursor(epoch.Get, (long)number.Get << 20);
        return NoticeCursor.TryParse(cursor.ToString(), out var read) && read == cursor;
    }

    [Fact]
    public void The_invalid_cursor_of_notices_is_never_read_from_a_text()
    {
        Assert.Equal("-1-0", NoticeCursor.Invalid.ToString());
        Assert.False(NoticeCursor.TryParse("-1-0", out _));
    }

    [Fact]
    public void A_page_of_rooms_starts_behind_the_room_of_the_cursor()
    {
        ImmutableArray<RoomSummary> rooms = [Room(5, 9), Room(4, 7), Room(3, 7), Room(2, 7), Room(1, 2)];
        Assert.Equal([1, 2, 3, 4, 5], rooms.Select(room => RoomListCursor.FindStart(rooms, RoomListCursor.Encode(room))!.Value));
        Assert.Equal(2, RoomListCursor.FindStart(rooms.RemoveAt(2), RoomListCursor.Encode(rooms[2])));
        Assert.Equal(1, RoomListCursor.FindStart(rooms, RoomListCursor.Encode(Room(1, 8))));
        Assert.Equal(0, RoomListCursor.FindStart(rooms, RoomListCursor.Encode(Room(1, 10))));
        Assert.Equal(0, RoomListCursor.FindStart([], RoomListCursor.Encode(rooms[0])));
    }

    [Fact]
    public void A_page_behind_a_pinned_room_continues_with_pinned_rooms()
    {
        var pinned = Room(3, 1) with { IsPinned = true };
        ImmutableArray<RoomSummary> rooms = [Room(5, 4) with { IsPinned = true }, pinned, Room(4, 9), Room(2, 1)];
        Assert.Equal([1, 2, 3, 4], rooms.Select(room => RoomListCursor.FindStart(rooms, RoomListCursor.Encode(room))!.Value));
        Assert.Equal(1, RoomListCursor.FindStart(rooms.Remove(pinned), RoomListCursor.Encode(pinned)));
        Assert.Equal(4, RoomListCursor.FindStart(rooms, RoomListCursor.Encode(pinned with { IsPinned = false, UpdatedAt = Start })));
    }

    [Theory]
    [InlineData("")]
    [InlineData("word")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("AAAA AAAA AAAA AAAA AAAA AAAA AA")]
    public void Another_word_is_no_cursor_of_rooms(string word) => Assert.Null(RoomListCursor.FindStart([Room(1, 1)], word));

    [Fact]
    public void Base64url_must_fill_the_bytes_exactly()
    {
        var bytes = new byte[2];
        Assert.True(Base64UrlText.TryDecode("__4", bytes));
        Assert.Equal([0xFF, 0xFE], bytes);
        Assert.All(["__8A", "__", "__4=", "//4", "_ 4", "___"], text => Assert.False(Base64UrlText.TryDecode(text, bytes), text));
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("1-5", null, "1-5")]
    [InlineData("1-5", "?last_event_id=1-2", "1-5")]
    [InlineData("", "?last_event_id=1-2", "")]
    [InlineData(null, "?last_event_id=1-2", "1-2")]
    [InlineData(null, "?last_event_id=1-2&last_event_id=1-3", "1-3")]
    [InlineData(null, "?last_event_id=1-2&last_event_id=", "1-2")]
    [InlineData(null, "?last_event_id=", null)]
    public void A_client_reads_on_from_its_last_event(string? header, string? query, string? expected)
    {
        var request = new DefaultHttpContext().Request;
        request.QueryString = new QueryString(query);
        if (header is not null)
        {
            request.Headers["Last-Event-ID"] = header;
        }

        Assert.Equal(expected, LastEventId.Of(request));
    }

    private static RoomSummary Room(int id, int minute) =>
        new(new Guid(id, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]), "room", Start, Start.AddMinutes(minute), Version: 1);
}

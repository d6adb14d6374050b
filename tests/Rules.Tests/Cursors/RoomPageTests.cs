using System.Text.Json;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Web;

namespace GeminiChat.Rules.Tests.Cursors;

public sealed class RoomPageTests
{
    private const int Overhead = 200;

    [Fact]
    public void A_page_that_fits_has_all_its_messages_and_links_to_older_ones()
    {
        Assert.Equal("3, 4; older than 3", Page(firstId: 3, hasOlder: true, 10, 10));
        Assert.Equal("3, 4; older than ", Page(firstId: 3, hasOlder: false, 10, 10));
        Assert.Equal("; older than ", Page(firstId: 3, hasOlder: true));
    }

    [Fact]
    public void A_page_that_is_too_large_has_the_newest_messages_and_links_to_the_others()
    {
        Assert.Equal("2, 3; older than 2", Page(firstId: 1, hasOlder: false, 400_000, 400_000, 400_000));
        Assert.Equal("3; older than 3", Page(firstId: 1, hasOlder: true, 10, 700_000, 700_000));
    }

    [Fact]
    public void A_message_that_is_larger_than_a_page_is_returned_alone()
    {
        Assert.Equal("2; older than 2", Page(firstId: 1, hasOlder: false, 10, 2_000_000));
        Assert.Equal("1; older than ", Page(firstId: 1, hasOlder: false, 2_000_000));
    }

    [Fact]
    public void A_page_is_filled_to_the_last_byte()
    {
        var exact = SizeLimits.MaxPageBytes - Body(Room(1, 10, 0)).Length;
        Assert.Equal("1, 2; older than ", Page(firstId: 1, hasOlder: false, 10, exact));
        Assert.Equal("2; older than 2", Page(firstId: 1, hasOlder: false, 10, exact + 1));

        // The comma between two messages is counted for the first one, too.
        var two = SizeLimits.MaxPageBytes - Body(Room(2, 10, 0)).Length - 1;
        Assert.Equal("2, 3; older than 2", Page(firstId: 1, hasOlder: false, Overhead, 10, two));
        Assert.Equal("3; older than 3", Page(firstId: 1, hasOlder: false, Overhead, 10, two + 1));
    }

    private static string Page(int firstId, bool hasOlder, params int[] lengths)
    {
        var page = MessagePage.Of(Room(firstId, lengths), hasOlder);
        using var body = JsonDocument.Parse(page.Body.Bytes);
        var ids = body.RootElement.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("id").GetInt64());
        return $"{string.Join(", ", ids)}; older than {page.OlderThan}";
    }

    private static byte[] Body(RoomViewResponse room) => JsonSerializer.SerializeToUtf8Bytes(room, Json.Context.RoomViewResponse);

    private static RoomViewResponse Room(int firstId, params int[] lengths) => new(
        Guid.Empty,
        "room",
        SystemPrompt: null,
        DateTimeOffset.UnixEpoch,
        Version: 1,
        Head: null,
        [.. lengths.Select((length, i) => new MessageResponse(firstId + i, "user", new string('a', length), DateTimeOffset.UnixEpoch, "completed"))]);
}

using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;

namespace GeminiChat.Gateway.Tests.Search;

public sealed class SearchTests(GatewayFixture gateway)
{
    [Fact]
    public async Task A_message_is_found_as_soon_as_it_is_accepted_and_a_reply_when_it_has_ended()
    {
        var user = await new ApiUser(gateway).SignInWithRoom();

        await user.Room.AskAndAnswer("Why is the sky blue?", "Air scatters blue light.");

        var found = await Search(user, "BLUE");
        Assert.Equal(["items"], found.Names());
        var items = found.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["ai", "user"], items.Select(item => item.Text("sender")));
        Assert.Equal(["room_id", "room_name", "message_id", "sender", "timestamp", "snippet", "highlights"], items[1].Names());
        Assert.Equal((user.RoomId, "Room", 1L), (items[1].GetProperty("room_id").GetGuid(), items[1].Text("room_name"), items[1].GetProperty("message_id").GetInt64()));
        Assert.Equal("Why is the sky blue?", items[1].Text("snippet"));
        Assert.Equal("[[15,19]]", items[1].GetProperty("highlights").GetRawText());
    }

    [Fact]
    public async Task Pages_follow_each_other_by_cursor()
    {
        var user = await new ApiUser(gateway).SignInWithRoom();
        await user.Room.Store([.. Enumerable.Range(0, 5).Select(i => ($"word {i}", "no"))]);

        var first = await Search(user, "word", "&limit=3");
        var second = await Search(user, "word", $"&limit=3&cursor={first.Text("next")}");

        Assert.Equal([9, 7, 5], Ids(first));
        Assert.Equal([3, 1], Ids(second));
        Assert.False(second.TryGetProperty("next", out _));
    }

    [Fact]
    public async Task One_room_is_searched_on_demand_and_a_deleted_one_never()
    {
        var user = await new ApiUser(gateway).SignInWithRoom();
        await user.Room.Store(("here", "no"));
        var other = await user.NewRoom();

        Assert.Equal([1], Ids(await Search(user, "here", $"&room={user.RoomId:D}")));
        Assert.Empty(Ids(await Search(user, "here", $"&room={other}")));
        Assert.Empty(Ids(await Search(await new ApiUser(gateway).SignIn(), "here", $"&room={user.RoomId:D}")));
        await user.Room.Delete();
        Assert.Empty(Ids(await Search(user, "here")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?q=")]
    [InlineData("?q=%20%22%22!")]
    [InlineData("?q=a&limit=0")]
    [InlineData("?q=a&limit=51")]
    [InlineData("?q=a&cursor=x")]
    [InlineData("?q=a&room=x")]
    [InlineData("?q=a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q")]
    public async Task An_invalid_search_is_refused(string query)
    {
        var user = await new ApiUser(gateway).SignIn();

        await (await user.Send(HttpMethod.Get, $"/search{query}")).ReadProblemAsync(HttpStatusCode.BadRequest);
        await (await user.Send(HttpMethod.Get, $"/search?q={new string('a', 257)}")).ReadProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Any_bytes_are_found_or_refused()
    {
        var user = await new ApiUser(gateway).SignIn();
        var random = new Random(20_261_127);
        for (var i = 0; i < 300; i++)
        {
            var bytes = new byte[random.Next(1, 80)];
            random.NextBytes(bytes);
            var query = string.Concat(bytes.Select(one => random.Next(3) == 0 ? $"%{random.Next(0x20, 0x60):X2}" : $"%{one:X2}"));

            var status = (await user.Send(HttpMethod.Get, $"/search?q={query}")).StatusCode;

            Assert.True(status is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{status} for {query}");
        }
    }

    private static async Task<JsonElement> Search(ApiUser user, string text, string more = "")
    {
        var answer = await user.Send(HttpMethod.Get, $"/search?q={Uri.EscapeDataString(text)}{more}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.ReadJsonAsync();
    }

    private static IEnumerable<int> Ids(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("message_id").GetInt32());
}

using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;

namespace GeminiChat.Gateway.Tests.Chatrooms;

/// <summary>Pinned, archived and temporary rooms over HTTP.</summary>
public sealed class RoomFlagTests(GatewayFixture gateway) : IAsyncLifetime
{
    private ApiUser _user = null!;

    public async ValueTask InitializeAsync() => _user = await gateway.NewUser().SignIn();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Pinned_rooms_come_first_and_archived_ones_have_a_list_of_their_own()
    {
        var (first, second, third) = (await _user.NewRoom(), await _user.NewRoom(), await _user.NewRoom());
        Assert.Equal([third, second, first], await List("/chatroom"));
        Assert.Equal("[]", await (await _user.Client.GetAsync("/chatroom?archived=true")).Content.ReadAsStringAsync());

        var pinned = await Patch(first, """{"pinned":true}""");
        Assert.Equal(["id", "name", "created_at", "updated_at", "version", "pinned"], pinned.Names());
        Assert.Equal([first, third, second], await List("/chatroom?archived=false"));

        var archived = await Patch(third, """{"archived":true,"pinned":false}""");
        Assert.Equal(["id", "name", "created_at", "updated_at", "version", "archived"], archived.Names());
        Assert.Equal([first, second], await List("/chatroom"));
        Assert.Equal([third], await List("/chatroom?archived=true"));
        var list = await (await _user.Client.GetAsync("/chatroom")).ReadJsonAsync();
        Assert.Equal(["id", "name", "created_at", "updated_at", "version", "pinned"], list[0].Names());
        Assert.Equal(["id", "name", "created_at", "updated_at", "version"], list[1].Names());
        var view = await (await _user.Client.GetAsync($"/chatroom/{third}")).ReadJsonAsync();
        Assert.True(view.GetProperty("archived").GetBoolean());

        await Patch(third, """{"archived":false}""");
        Assert.Equal([first, third, second], await List("/chatroom"));
    }

    [Fact]
    public async Task Every_page_of_the_archived_rooms_has_only_archived_ones()
    {
        var rooms = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            rooms.Insert(0, await _user.NewRoom());
        }

        foreach (var room in rooms.Take(5))
        {
            await Patch(room, """{"archived":true}""");
        }

        await Patch(rooms[3], """{"pinned":true}""");
        var seen = new List<string>();
        for (var next = "/chatroom?archived=true&limit=2"; next is not null;)
        {
            var page = await _user.Client.GetAsync(next);
            seen.AddRange(Ids(await page.ReadJsonAsync()));
            next = page.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        Assert.Equal([rooms[3], rooms[0], rooms[1], rooms[2], rooms[4]], seen);
    }

    [Fact]
    public async Task The_ETag_of_the_list_changes_with_a_pin()
    {
        var room = await _user.NewRoom();
        var tag = (await _user.Client.GetAsync("/chatroom")).Headers.ETag;
        await Patch(room, """{"pinned":true}""");
        var pinned = (await _user.Client.GetAsync("/chatroom")).Headers.ETag;
        Assert.NotEqual(tag, pinned);
        Assert.NotEqual(pinned, (await _user.Client.GetAsync("/chatroom?archived=true")).Headers.ETag);
    }

    [Fact]
    public async Task A_temporary_room_is_in_no_list_and_says_what_it_is()
    {
        var created = await (await _user.Client.PostJsonAsync("/chatroom", """{"name":"Secret","temporary":true}""", "key")).ReadJsonAsync();
        Assert.Equal(["id", "name", "created_at", "temporary"], created.Names());
        var room = $"/chatroom/{created.Text("id")}";
        Assert.Empty(await List("/chatroom"));
        Assert.Empty(await List("/chatroom?archived=true"));
        Assert.Empty(await List("/chatroom?limit=1"));
        Assert.True((await (await _user.Client.GetAsync(room)).ReadJsonAsync()).GetProperty("temporary").GetBoolean());
        Assert.True((await Patch(created.Text("id"), """{"name":"Other"}""")).GetProperty("temporary").GetBoolean());
        await (await _user.Client.PostJsonAsync("/chatroom", """{"name":"Secret"}""", "key")).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Equal(HttpStatusCode.Created, (await _user.Client.PostJsonAsync("/chatroom", """{"name":"Secret","temporary":true}""", "key")).StatusCode);

        var plain = await (await _user.Client.PostJsonAsync("/chatroom", """{"temporary":false}""")).ReadJsonAsync();
        Assert.Equal(["id", "name", "created_at"], plain.Names());
    }

    [Theory]
    [InlineData("/chatroom?archived=yes")]
    [InlineData("/chatroom?archived=")]
    [InlineData("/chatroom?archived=True")]
    public async Task Another_word_for_archived_is_refused(string path) =>
        Assert.Equal("archived must be true or false.", await (await _user.Client.GetAsync(path)).ReadProblemAsync(HttpStatusCode.BadRequest));

    private async Task<JsonElement> Patch(string room, string change)
    {
        var answer = await _user.Send(HttpMethod.Patch, $"/chatroom/{room}", change);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.ReadJsonAsync();
    }

    private async Task<string[]> List(string path) => [.. Ids(await (await _user.Client.GetAsync(path)).ReadJsonAsync())];

    private static IEnumerable<string> Ids(JsonElement list) => list.EnumerateArray().Select(room => room.Text("id"));
}

using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Tests.Chatrooms;

public sealed class ChatroomTests(GatewayFixture gateway) : IAsyncLifetime
{
    private ApiUser _user = null!;

    public async ValueTask InitializeAsync() => _user = await gateway.NewUserWithRoom();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("{}", "New chat")]
    [InlineData("""{"name":null}""", "New chat")]
    [InlineData("""{"name":"Tea","system_prompt":""}""", "Tea")]
    public async Task Creating_a_room_returns_its_location(string body, string name)
    {
        var response = await _user.Client.PostJsonAsync("/chatroom", body);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var room = await response.ReadJsonAsync();
        Assert.Equal(["id", "name", "created_at"], room.Names());
        Assert.Equal(name, room.Text("name"));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", room.Text("created_at"));
        Assert.Equal(7, room.GetProperty("id").GetGuid().Version);
        Assert.Equal($"/chatroom/{room.Text("id")}", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Creating_with_the_same_key_returns_the_same_room_and_another_body_is_refused()
    {
        var first = await (await _user.Client.PostJsonAsync("/chatroom", """{"name":"Tea"}""", "key-1")).ReadJsonAsync();
        var again = await (await _user.Client.PostJsonAsync("/chatroom", """{"name":"Tea"}""", "key-1")).ReadJsonAsync();
        var other = await _user.Client.PostJsonAsync("/chatroom", """{"name":"Coffee"}""", "key-1");

        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.Equal(RoomIds.FromIdempotencyKey(_user.Id, "key-1"), first.GetProperty("id").GetGuid());
        Assert.Contains("Idempotency-Key", await other.ReadProblemAsync(HttpStatusCode.UnprocessableEntity), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("k\u007f")]
    [InlineData(null)]
    public async Task A_key_that_is_not_visible_ascii_is_refused(string? key)
    {
        var create = await _user.Client.PostJsonAsync("/chatroom", "{}", key ?? new string('k', 256));
        var post = await _user.Client.PostJsonAsync(_user.MessagesPath, """{"content":"a"}""", key ?? new string('k', 256));

        Assert.StartsWith("Idempotency-Key", await create.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.StartsWith("Idempotency-Key", await post.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_and_system_prompts_have_limits()
    {
        var noName = await _user.Client.PostJsonAsync("/chatroom", """{"name":""}""");
        var longName = await _user.Client.PostJsonAsync("/chatroom", $$"""{"name":"{{new string('a', 201)}}"}""");
        var longPrompt = await _user.Client.PostJsonAsync("/chatroom", $$"""{"system_prompt":"{{new string('a', 8001)}}"}""");
        var just = await _user.Client.PostJsonAsync(
            "/chatroom", $$"""{"name":"{{new string('a', 200)}}","system_prompt":"{{new string('a', 8000)}}"}""");

        Assert.StartsWith("name", await noName.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.StartsWith("name", await longName.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.StartsWith("system_prompt", await longPrompt.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, just.StatusCode);
    }

    [Fact]
    public async Task Creating_is_repeated_once_after_an_outage_and_makes_one_room()
    {
        var creations = SharedSilo.Current.Calls.Of($"{_user.Id:D}/{RoomIds.FromIdempotencyKey(_user.Id, "key-2"):D}", nameof(IChatroomGrain.Create));
        creations.Throw(new StoreOutcomeUnknownException("no"));

        var response = await _user.Client.PostJsonAsync("/chatroom", "{}", "key-2");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(2, creations.Count);
    }

    [Fact]
    public async Task Creating_a_room_beyond_the_limit_is_a_conflict()
    {
        await _user.StoreRooms(999);

        var response = await _user.Client.PostJsonAsync("/chatroom", "{}", "key-3");

        Assert.Contains("1000", await response.ReadProblemAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_room_list_has_an_ETag_and_is_not_sent_again_when_unchanged()
    {
        var rooms = await HaveRooms(1);

        var first = await _user.Client.GetAsync("/chatroom");
        var list = await first.ReadJsonAsync();

        Assert.Equal(rooms, list.EnumerateArray().Select(room => room.GetProperty("id").GetGuid()));
        Assert.Equal(["id", "name", "created_at", "updated_at", "version"], list[0].Names());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", list[0].Text("created_at"));

        var tag = first.Headers.ETag!.ToString();
        Assert.Equal(HttpStatusCode.NotModified, (await GetListAsync(tag)).StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, (await GetListAsync($"\"other\", W/{tag}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, (await GetListAsync("*")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetListAsync("\"other\"")).StatusCode);

        await HaveRooms(1);
        var changed = await GetListAsync(tag);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(tag, changed.Headers.ETag!.ToString());
    }

    [Fact]
    public async Task Following_the_next_links_of_the_list_returns_every_room_once()
    {
        var rooms = await HaveRooms(6);
        var seen = new List<Guid>();

        for (var next = "/chatroom?limit=3"; next is not null;)
        {
            var page = await _user.Client.GetAsync(next);
            seen.AddRange((await page.ReadJsonAsync()).EnumerateArray().Select(room => room.GetProperty("id").GetGuid()));
            next = NextOf(page);
        }

        Assert.Equal(rooms, seen);
    }

    [Fact]
    public async Task Paging_the_room_list_continues_correctly_after_its_last_room_moved_to_the_front()
    {
        var rooms = await HaveRooms(3);
        var next = NextOf(await _user.Client.GetAsync("/chatroom?limit=2"))!;
        await _user.Client.PostJsonAsync($"/chatroom/{rooms[1]:D}/message", """{"content":"to the front"}""");

        var page = await (await _user.Client.GetAsync(next)).ReadJsonAsync();

        Assert.Equal([rooms[2], rooms[3]], page.EnumerateArray().Select(room => room.GetProperty("id").GetGuid()));
    }

    [Fact]
    public async Task A_room_shows_its_newest_messages_and_links_to_older_ones()
    {
        await _user.Room.AskAndAnswer("one", "first");
        await _user.Room.Ask("two");

        var response = await _user.Client.GetAsync($"{_user.RoomPath}?limit=3");
        var room = await response.ReadJsonAsync();

        Assert.Equal(["id", "name", "system_prompt", "created_at", "version", "head", "messages"], room.Names());
        var listed = (await (await _user.Client.GetAsync("/chatroom")).ReadJsonAsync())[0];
        Assert.Equal(listed.GetProperty("version").GetInt64(), room.GetProperty("version").GetInt64());
        Assert.Equal([2, 3, 4], Ids(room));
        Assert.Equal($"{_user.RoomPath}?limit=3&before=2", NextOf(response));
        var older = await _user.Client.GetAsync(NextOf(response));
        Assert.Equal([1], Ids(await older.ReadJsonAsync()));
        Assert.Null(NextOf(older));
    }

    [Fact]
    public async Task The_ETag_of_a_room_changes_with_each_change()
    {
        await _user.Room.Ask();
        Assert.Equal("", await ReplyText());

        await _user.Room.Say("Hello");

        Assert.Equal("Hello", await ReplyText());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("0199c8d8000070008000000000000000")]
    [InlineData("{0199c8d8-0000-7000-8000-000000000000}")]
    [InlineData("0199c8d8-0000-7000-8000-0000000000000000")]
    [InlineData("0199c8d8-0000-7000-8000-000000000009")]
    public async Task Any_id_that_is_not_an_own_room_gets_the_same_404(string id)
    {
        const string Words = "There is no such chatroom or message.";
        var path = $"/chatroom/{Uri.EscapeDataString(id)}";

        Assert.Equal(Words, await (await _user.Client.GetAsync(path)).ReadProblemAsync(HttpStatusCode.NotFound));
        Assert.Equal(Words, await (await _user.Client.GetAsync($"{path}/message/1")).ReadProblemAsync(HttpStatusCode.NotFound));
        Assert.Equal(Words, await (await _user.Client.PostJsonAsync($"{path}/message", """{"content":"a"}""")).ReadProblemAsync(HttpStatusCode.NotFound));
        Assert.Equal(Words, await (await _user.Client.PostAsync($"{path}/message/1/stop", null)).ReadProblemAsync(HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task The_grain_of_another_users_room_is_never_called()
    {
        var other = await gateway.NewUserWithRoom();
        await _user.Room.Ask();
        var reads = _user.Room.Calls(nameof(IChatroomGrain.Read));

        var response = await other.Client.GetAsync(_user.RoomPath);

        await response.ReadProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(0, reads.Count);
    }

    /// <summary>Makes so many rooms beside the one that there is.</summary>
    /// <returns>The ids of all of them, the newest first.</returns>
    private async Task<Guid[]> HaveRooms(int count)
    {
        var rooms = new List<Guid> { _user.RoomId };
        for (var i = 0; i < count; i++)
        {
            var made = await (await _user.Client.PostJsonAsync("/chatroom", $$"""{"name":"Room {{i}}"}""")).ReadJsonAsync();
            rooms.Insert(0, made.GetProperty("id").GetGuid());
        }

        return [.. rooms];
    }

    private async Task<string> ReplyText() =>
        (await (await _user.Client.GetAsync(_user.RoomPath)).ReadJsonAsync()).GetProperty("messages")[1].Text("content");

    private Task<HttpResponseMessage> GetListAsync(string ifNoneMatch)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/chatroom");
        request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        return _user.Client.SendAsync(request);
    }

    private static IEnumerable<long> Ids(JsonElement room) =>
        room.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("id").GetInt64());

    private static string? NextOf(HttpResponseMessage response)
    {
        const string Relation = ">; rel=\"next\"";
        if (!response.Headers.TryGetValues("Link", out var links))
        {
            return null;
        }

        var link = Assert.Single(links);
        Assert.EndsWith(Relation, link, StringComparison.Ordinal);
        return link[1..^Relation.Length];
    }
}

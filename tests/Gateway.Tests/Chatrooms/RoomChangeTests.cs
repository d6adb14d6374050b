using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;

namespace GeminiChat.Gateway.Tests.Chatrooms;

/// <summary>Changing and deleting rooms, and the user's name, before the real grains.</summary>
public sealed class RoomChangeTests(GatewayFixture gateway)
{
    [Fact]
    public async Task A_change_returns_the_room_and_is_visible_everywhere()
    {
        var (ada, room) = await RoomOfAda();
        var answer = await Patch(ada, room, """{"name":"new","system_prompt":"Be brief."}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("\"2\"", answer.Headers.ETag?.Tag);
        var changed = await answer.ReadJsonAsync();
        Assert.Equal(["id", "name", "system_prompt", "created_at", "updated_at", "version"], changed.Names());
        Assert.Equal((room, "new", "Be brief.", 2), (changed.Text("id"), changed.Text("name"), changed.Text("system_prompt"), changed.GetProperty("version").GetInt32()));

        var view = await (await ada.Send(HttpMethod.Get, $"/chatroom/{room}")).ReadJsonAsync();
        Assert.Equal(("new", "Be brief.", 2), (view.Text("name"), view.Text("system_prompt"), view.GetProperty("version").GetInt32()));
        Assert.Equal("new", (await (await ada.Send(HttpMethod.Get, "/chatroom")).ReadJsonAsync())[0].Text("name"));

        var cleared = await (await Patch(ada, room, """{"system_prompt":null}""")).ReadJsonAsync();
        Assert.False(cleared.TryGetProperty("system_prompt", out _));
        Assert.Equal("new", cleared.Text("name"));
    }

    [Theory]
    [InlineData("{}", "Give one of name, system_prompt")]
    [InlineData("""{"other":1}""", "Give one of name, system_prompt")]
    [InlineData("""{"name":null}""", "name is required")]
    [InlineData("""{"name":""}""", "name must have 1 to 200")]
    [InlineData("""{"name":7}""", "name must be a string")]
    [InlineData("""{"name":"a\u0000b"}""", "name must not hold")]
    [InlineData("""{"name":"\ud800"}""", "name holds half")]
    [InlineData("""{"name":"a","name":"b"}""", "The body names the same field twice")]
    [InlineData("""{"system_prompt":["a"]}""", "system_prompt must be a string")]
    [InlineData("""{"pinned":"yes"}""", "pinned has the wrong type")]
    [InlineData("""{"pinned":null,"archived":null}""", "Give one of name, system_prompt")]
    [InlineData("[]", "The body must be a JSON object")]
    public async Task A_bad_change_is_refused_with_the_reason_and_changes_nothing(string body, string reason)
    {
        var (ada, room) = await RoomOfAda();
        Assert.StartsWith(reason, await (await Patch(ada, room, body)).ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Equal("room", (await (await ada.Send(HttpMethod.Get, $"/chatroom/{room}")).ReadJsonAsync()).Text("name"));
    }

    [Fact]
    public async Task Lengths_are_checked_at_their_limits()
    {
        var (ada, room) = await RoomOfAda();
        Assert.Equal(HttpStatusCode.OK, (await Patch(ada, room, JsonSerializer.Serialize(new { name = new string('n', 200), system_prompt = new string('p', 8000) }))).StatusCode);
        await (await Patch(ada, room, JsonSerializer.Serialize(new { name = new string('n', 201) }))).ReadProblemAsync(HttpStatusCode.BadRequest);
        await (await Patch(ada, room, JsonSerializer.Serialize(new { system_prompt = new string('p', 8001) }))).ReadProblemAsync(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("\"1\"", HttpStatusCode.OK)]
    [InlineData("*", HttpStatusCode.OK)]
    [InlineData("\"7\", \"1\"", HttpStatusCode.OK)]
    [InlineData("\"2\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("\"0\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("W/\"1\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("\"one\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("1", HttpStatusCode.BadRequest)]
    [InlineData("\"1", HttpStatusCode.BadRequest)]
    public async Task If_Match_is_honoured_or_refused_or_malformed(string ifMatch, HttpStatusCode status)
    {
        var (ada, room) = await RoomOfAda();
        var answer = await Patch(ada, room, """{"name":"new"}""", ifMatch);
        if (status is HttpStatusCode.OK)
        {
            Assert.Equal(status, answer.StatusCode);
        }
        else
        {
            await answer.ReadProblemAsync(status);
            Assert.Equal("room", (await (await ada.Send(HttpMethod.Get, $"/chatroom/{room}")).ReadJsonAsync()).Text("name"));
        }
    }

    [Fact]
    public async Task A_rename_invalidates_older_ETags_and_a_message_does_not()
    {
        var (ada, room) = await RoomOfAda();
        await Ask(ada, room);
        Assert.Equal(HttpStatusCode.OK, (await Patch(ada, room, """{"name":"first"}""", "\"1\"")).StatusCode);
        await (await Patch(ada, room, """{"name":"second"}""", "\"1\"")).ReadProblemAsync(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task Deleting_a_room_can_be_repeated()
    {
        var (ada, room) = await RoomOfAda("the-key");
        await Ask(ada, room);
        Assert.Equal(HttpStatusCode.NoContent, (await ada.Send(HttpMethod.Delete, $"/chatroom/{room}")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await ada.Send(HttpMethod.Delete, $"/chatroom/{room}")).StatusCode);
        await (await ada.Send(HttpMethod.Get, $"/chatroom/{room}")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await ada.Send(HttpMethod.Get, $"/chatroom/{room}/message/2")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await ada.Send(HttpMethod.Get, $"/chatroom/{room}/export")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await ada.Send(HttpMethod.Post, $"/chatroom/{room}/message", """{"content":"Hi"}""")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await Patch(ada, room, """{"name":"back"}""")).ReadProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal("[]", await (await ada.Send(HttpMethod.Get, "/chatroom")).Content.ReadAsStringAsync());
        await (await Create(ada, "the-key")).ReadProblemAsync(HttpStatusCode.Gone);
    }

    [Fact]
    public async Task An_unknown_room_and_another_users_room_cannot_be_changed_or_deleted()
    {
        var (_, room) = await RoomOfAda();
        var eve = await gateway.NewUser().SignIn();
        var words = new List<string>();
        foreach (var id in new[] { room, Guid.CreateVersion7().ToString(), "x" })
        {
            words.Add(await (await eve.Send(HttpMethod.Delete, $"/chatroom/{id}")).ReadProblemAsync(HttpStatusCode.NotFound));
            words.Add(await (await Patch(eve, id, """{"name":"mine"}""")).ReadProblemAsync(HttpStatusCode.NotFound));
            words.Add(await (await eve.Send(HttpMethod.Get, $"/chatroom/{id}/export")).ReadProblemAsync(HttpStatusCode.NotFound));
        }

        Assert.Single(words.Distinct());
    }

    [Fact]
    public async Task The_first_exchange_gives_a_room_without_a_name_its_title()
    {
        var ada = await gateway.NewUser().SignIn();
        var room = (await (await ada.Send(HttpMethod.Post, "/chatroom", "{}")).ReadJsonAsync()).Text("id");
        Assert.Equal("New chat", (await (await ada.Send(HttpMethod.Get, $"/chatroom/{room}")).ReadJsonAsync()).Text("name"));
        await Ask(ada, room, "**Why** is the sky blue?");
        Assert.Equal("Why is the sky blue", (await (await ada.Send(HttpMethod.Get, $"/chatroom/{room}")).ReadJsonAsync()).Text("name"));
    }

    [Fact]
    public async Task Paging_the_room_list_continues_correctly_after_a_room_was_deleted()
    {
        var ada = await gateway.NewUser().SignIn();
        for (var i = 0; i < 5; i++)
        {
            await ada.NewRoom();
        }

        var all = Ids(await (await ada.Send(HttpMethod.Get, "/chatroom")).ReadJsonAsync());
        var first = await ada.Send(HttpMethod.Get, "/chatroom?limit=2");
        var next = first.Headers.GetValues("Link").Single().Split('<', '>')[1];
        await ada.Send(HttpMethod.Delete, $"/chatroom/{all[1]}");
        var second = await ada.Send(HttpMethod.Get, next);
        Assert.Equal(all[2..4], Ids(await second.ReadJsonAsync()));
        Assert.NotNull(second.Headers.ETag);
    }

    [Fact]
    public async Task The_name_of_a_user_can_be_changed_and_removed()
    {
        var ada = await gateway.NewUser().SignUpAndVerify();
        Assert.Equal("Ada L.", (await (await ada.Send(HttpMethod.Patch, "/user/me", """{"name":"Ada L."}""")).ReadJsonAsync()).Text("name"));
        Assert.Equal("Ada L.", (await (await ada.Send(HttpMethod.Get, "/user/me")).ReadJsonAsync()).Text("name"));
        var cleared = await (await ada.Send(HttpMethod.Patch, "/user/me", """{"name":null}""")).ReadJsonAsync();
        Assert.Equal(JsonValueKind.Null, cleared.GetProperty("name").ValueKind);
        foreach (var bad in new[] { "{}", """{"name":""}""", """{"name":1}""", JsonSerializer.Serialize(new { name = new string('n', 201) }) })
        {
            await (await ada.Send(HttpMethod.Patch, "/user/me", bad)).ReadProblemAsync(HttpStatusCode.BadRequest);
        }

        await ada.SignIn();
        Assert.Equal(JsonValueKind.Null, (await (await ada.Send(HttpMethod.Get, "/auth/me")).ReadJsonAsync()).GetProperty("name").ValueKind);
    }

    private static string[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(room => room.Text("id"))];

    private static async Task Ask(ApiUser person, string room, string content = "Hi") =>
        await (await person.Send(HttpMethod.Post, $"/chatroom/{room}/message", JsonSerializer.Serialize(new { content }), accept: "text/plain"))
            .Content.ReadAsStringAsync();

    private async Task<HttpResponseMessage> Patch(ApiUser person, string room, string body, string? ifMatch = null) =>
        await Send(person, HttpMethod.Patch, $"/chatroom/{room}", body, "If-Match", ifMatch);

    private Task<HttpResponseMessage> Create(ApiUser person, string? key) =>
        Send(person, HttpMethod.Post, "/chatroom", """{"name":"room"}""", "Idempotency-Key", key);

    private async Task<(ApiUser Ada, string Room)> RoomOfAda(string? key = null)
    {
        var ada = await gateway.NewUser().SignIn();
        return (ada, (await (await Create(ada, key)).ReadJsonAsync()).Text("id"));
    }

    private async Task<HttpResponseMessage> Send(ApiUser person, HttpMethod method, string path, string body, string header, string? value)
    {
        using var http = gateway.CreateAnonymousClient();
        using var request = new HttpRequestMessage(method, path) { Content = HttpTestExtensions.Json(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", person.Token);
        if (value is not null)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        return await http.SendAsync(request);
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Live;

namespace GeminiChat.Gateway.Tests.Chatrooms;

/// <summary>Changing and deleting rooms, and the user's name, before the real grains.</summary>
public sealed class RoomChangeTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    [Fact]
    public async Task A_change_is_answered_with_the_room_and_shows_everywhere()
    {
        var (ada, room) = await RoomOfAda();
        var answer = await Patch(ada, room, """{"name":"new","system_prompt":"Be brief."}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("\"2\"", answer.Headers.ETag?.Tag);
        var changed = await answer.JsonAsync();
        Assert.Equal(["id", "name", "system_prompt", "created_at", "updated_at", "version"], changed.Names());
        Assert.Equal((room, "new", "Be brief.", 2), (changed.Text("id"), changed.Text("name"), changed.Text("system_prompt"), changed.GetProperty("version").GetInt32()));

        var view = await (await ada.Send(HttpMethod.Get, $"/chatroom/{room}")).JsonAsync();
        Assert.Equal(("new", "Be brief.", 2), (view.Text("name"), view.Text("system_prompt"), view.GetProperty("version").GetInt32()));
        Assert.Equal("new", (await (await ada.Send(HttpMethod.Get, "/chatroom")).JsonAsync())[0].Text("name"));

        var cleared = await (await Patch(ada, room, """{"system_prompt":null}""")).JsonAsync();
        Assert.False(cleared.TryGetProperty("system_prompt", out _));
        Assert.Equal("new", cleared.Text("name"));
    }

    [Theory]
    [InlineData("{}", "Give name or system_prompt")]
    [InlineData("""{"other":1}""", "Give name or system_prompt")]
    [InlineData("""{"name":null}""", "name is required")]
    [InlineData("""{"name":""}""", "name must have 1 to 200")]
    [InlineData("""{"name":7}""", "name must be a string")]
    [InlineData("""{"name":"a\u0000b"}""", "name must not hold")]
    [InlineData("""{"name":"\ud800"}""", "name holds half")]
    [InlineData("""{"name":"a","name":"b"}""", "The body names the same field twice")]
    [InlineData("""{"system_prompt":["a"]}""", "system_prompt must be a string")]
    [InlineData("[]", "The body must be a JSON object")]
    public async Task A_bad_change_is_refused_with_the_reason_and_changes_nothing(string body, string reason)
    {
        var (ada, room) = await RoomOfAda();
        Assert.StartsWith(reason, await (await Patch(ada, room, body)).ProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Equal("room", (await (await ada.Send(HttpMethod.Get, $"/chatroom/{room}")).JsonAsync()).Text("name"));
    }

    [Fact]
    public async Task Lengths_are_checked_at_their_limits()
    {
        var (ada, room) = await RoomOfAda();
        Assert.Equal(HttpStatusCode.OK, (await Patch(ada, room, JsonSerializer.Serialize(new { name = new string('n', 200), system_prompt = new string('p', 8000) }))).StatusCode);
        await (await Patch(ada, room, JsonSerializer.Serialize(new { name = new string('n', 201) }))).ProblemAsync(HttpStatusCode.BadRequest);
        await (await Patch(ada, room, JsonSerializer.Serialize(new { system_prompt = new string('p', 8001) }))).ProblemAsync(HttpStatusCode.BadRequest);
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
    public async Task A_condition_is_met_or_not_or_no_condition(string ifMatch, HttpStatusCode status)
    {
        var (ada, room) = await RoomOfAda();
        var answer = await Patch(ada, room, """{"name":"new"}""", ifMatch);
        if (status is HttpStatusCode.OK)
        {
            Assert.Equal(status, answer.StatusCode);
        }
        else
        {
            await answer.ProblemAsync(status);
            Assert.Equal("room", (await (await ada.Send(HttpMethod.Get, $"/chatroom/{room}")).JsonAsync()).Text("name"));
        }
    }

    [Fact]
    public async Task What_was_read_before_somebody_else_renamed_is_outdated_and_a_message_outdates_nothing()
    {
        var (ada, room) = await RoomOfAda();
        await Ask(ada, room);
        Assert.Equal(HttpStatusCode.OK, (await Patch(ada, room, """{"name":"first"}""", "\"1\"")).StatusCode);
        await (await Patch(ada, room, """{"name":"second"}""", "\"1\"")).ProblemAsync(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task A_deleted_room_is_gone_and_a_repeat_says_so_too()
    {
        var (ada, room) = await RoomOfAda("the-key");
        await Ask(ada, room);
        Assert.Equal(HttpStatusCode.NoContent, (await ada.Send(HttpMethod.Delete, $"/chatroom/{room}")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await ada.Send(HttpMethod.Delete, $"/chatroom/{room}")).StatusCode);
        await (await ada.Send(HttpMethod.Get, $"/chatroom/{room}")).ProblemAsync(HttpStatusCode.NotFound);
        await (await ada.Send(HttpMethod.Get, $"/chatroom/{room}/message/2")).ProblemAsync(HttpStatusCode.NotFound);
        await (await ada.Send(HttpMethod.Get, $"/chatroom/{room}/export")).ProblemAsync(HttpStatusCode.NotFound);
        await (await ada.Send(HttpMethod.Post, $"/chatroom/{room}/message", """{"content":"Hi"}""")).ProblemAsync(HttpStatusCode.NotFound);
        await (await Patch(ada, room, """{"name":"back"}""")).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal("[]", await (await ada.Send(HttpMethod.Get, "/chatroom")).Content.ReadAsStringAsync());
        await (await Create(ada, "the-key")).ProblemAsync(HttpStatusCode.Gone);
    }

    [Fact]
    public async Task A_room_that_never_was_and_somebody_elses_cannot_be_changed_or_deleted()
    {
        var (_, room) = await RoomOfAda();
        var eve = await gateway.NewPerson().SignIn();
        var words = new List<string>();
        foreach (var id in new[] { room, Guid.CreateVersion7().ToString(), "x" })
        {
            words.Add(await (await eve.Send(HttpMethod.Delete, $"/chatroom/{id}")).ProblemAsync(HttpStatusCode.NotFound));
            words.Add(await (await Patch(eve, id, """{"name":"mine"}""")).ProblemAsync(HttpStatusCode.NotFound));
            words.Add(await (await eve.Send(HttpMethod.Get, $"/chatroom/{id}/export")).ProblemAsync(HttpStatusCode.NotFound));
        }

        Assert.Single(words.Distinct());
    }

    [Fact]
    public async Task The_first_exchange_gives_a_room_without_a_name_its_title()
    {
        var ada = await gateway.NewPerson().SignIn();
        var room = (await (await ada.Send(HttpMethod.Post, "/chatroom", "{}")).JsonAsync()).Text("id");
        Assert.Equal("New chat", (await (await ada.Send(HttpMethod.Get, $"/chatroom/{room}")).JsonAsync()).Text("name"));
        await Ask(ada, room, "**Why** is the sky blue?");
        Assert.Equal("Why is the sky blue", (await (await ada.Send(HttpMethod.Get, $"/chatroom/{room}")).JsonAsync()).Text("name"));
    }

    [Fact]
    public async Task A_page_goes_on_where_a_deleted_room_was()
    {
        var ada = await gateway.NewPerson().SignIn();
        for (var i = 0; i < 5; i++)
        {
            await ada.NewRoom();
        }

        var all = Ids(await (await ada.Send(HttpMethod.Get, "/chatroom")).JsonAsync());
        var first = await ada.Send(HttpMethod.Get, "/chatroom?limit=2");
        var next = first.Headers.GetValues("Link").Single().Split('<', '>')[1];
        await ada.Send(HttpMethod.Delete, $"/chatroom/{all[1]}");
        var second = await ada.Send(HttpMethod.Get, next);
        Assert.Equal(all[2..4], Ids(await second.JsonAsync()));
        Assert.NotNull(second.Headers.ETag);
    }

    [Fact]
    public async Task The_users_name_can_be_changed_and_taken_away()
    {
        var ada = await gateway.NewPerson().Join();
        Assert.Equal("Ada L.", (await (await ada.Send(HttpMethod.Patch, "/user/me", """{"name":"Ada L."}""")).JsonAsync()).Text("name"));
        Assert.Equal("Ada L.", (await (await ada.Send(HttpMethod.Get, "/user/me")).JsonAsync()).Text("name"));
        var cleared = await (await ada.Send(HttpMethod.Patch, "/user/me", """{"name":null}""")).JsonAsync();
        Assert.Equal(JsonValueKind.Null, cleared.GetProperty("name").ValueKind);
        foreach (var bad in new[] { "{}", """{"name":""}""", """{"name":1}""", JsonSerializer.Serialize(new { name = new string('n', 201) }) })
        {
            await (await ada.Send(HttpMethod.Patch, "/user/me", bad)).ProblemAsync(HttpStatusCode.BadRequest);
        }

        await ada.SignIn();
        Assert.Equal(JsonValueKind.Null, (await (await ada.Send(HttpMethod.Get, "/auth/me")).JsonAsync()).GetProperty("name").ValueKind);
    }

    private static string[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(room => room.Text("id"))];

    private static async Task Ask(Person person, string room, string content = "Hi") =>
        await (await person.Send(HttpMethod.Post, $"/chatroom/{room}/message", JsonSerializer.Serialize(new { content }), accept: "text/plain"))
            .Content.ReadAsStringAsync();

    private async Task<HttpResponseMessage> Patch(Person person, string room, string body, string? ifMatch = null) =>
        await Send(person, HttpMethod.Patch, $"/chatroom/{room}", body, "If-Match", ifMatch);

    private Task<HttpResponseMessage> Create(Person person, string? key) =>
        Send(person, HttpMethod.Post, "/chatroom", """{"name":"room"}""", "Idempotency-Key", key);

    private async Task<(Person Ada, string Room)> RoomOfAda(string? key = null)
    {
        var ada = await gateway.NewPerson().SignIn();
        return (ada, (await (await Create(ada, key)).JsonAsync()).Text("id"));
    }

    private async Task<HttpResponseMessage> Send(Person person, HttpMethod method, string path, string body, string header, string? value)
    {
        using var http = gateway.Stranger();
        using var request = new HttpRequestMessage(method, path) { Content = Answers.Json(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", person.Access);
        if (value is not null)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        return await http.SendAsync(request);
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;

namespace GeminiChat.Gateway.Tests.Chatrooms;

/// <summary>The built-in assistant answers.</summary>
public sealed class BranchTests(OwnSiloGatewayFixture gateway) : IClassFixture<OwnSiloGatewayFixture>
{
    private const string Anew = """{"content":"Anew"}""";

    [Theory]
    [InlineData("application/json", HttpStatusCode.Accepted, "\"position\":0")]
    [InlineData("text/event-stream", HttpStatusCode.OK, "event: done")]
    [InlineData("text/plain", HttpStatusCode.OK, "Anew")]
    public async Task An_edit_is_answered_in_the_three_forms_of_a_post(string accept, HttpStatusCode status, string expected)
    {
        var (person, room) = await NewRoom("one");
        var answer = await Send(person, HttpMethod.Post, $"{room}/message/1/edit", Anew, accept);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal($"{room}/message/4", answer.Headers.Location!.OriginalString);
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var edited = await (await Send(person, HttpMethod.Get, $"{room}/message/3")).ReadJsonAsync();
        Assert.Equal([1, 3], Ids(edited, "siblings"));
        Assert.False(edited.TryGetProperty("parent_id", out _));
    }

    [Fact]
    public async Task The_shown_branch_is_read_in_pages_and_the_user_chooses_another()
    {
        var (person, room) = await NewRoom("one", "two");
        await Stream(person, $"{room}/message/3/edit");
        Assert.Equal("1 2 5 6, head 6", await Shown(person, room));

        using var chosen = await person.PatchAsJsonAsync(room, new { head = 3 });
        Assert.Equal(4, (await chosen.ReadJsonAsync()).GetProperty("head").GetInt64());
        Assert.Equal("1 2 3 4, head 4", await Shown(person, room));
        await Stream(person, $"{room}/message");
        Assert.Equal("1 2 3 4 7 8, head 8", await Shown(person, room));

        var page = await Send(person, HttpMethod.Get, $"{room}?view=path&limit=2&before=7");
        Assert.Equal([3, 4], Ids(await page.ReadJsonAsync()));
        Assert.Equal($"<{room}?limit=2&before=3&view=path>; rel=\"next\"", page.Headers.GetValues("Link").Single());
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], Ids(await (await Send(person, HttpMethod.Get, room)).ReadJsonAsync()));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], Ids(await (await Send(person, HttpMethod.Get, $"{room}?view=all")).ReadJsonAsync()));
    }

    [Theory]
    [InlineData("?view=tree")]
    [InlineData("?view=")]
    public async Task An_unknown_view_is_refused(string query)
    {
        var (person, room) = await NewRoom();
        await (await Send(person, HttpMethod.Get, room + query)).ReadProblemAsync(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("99")]
    [InlineData("0")]
    [InlineData("x")]
    public async Task Only_a_message_of_the_user_can_be_edited(string id)
    {
        var (person, room) = await NewRoom("one");
        await (await Send(person, HttpMethod.Post, $"{room}/message/{id}/edit", Anew)).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"head":9}""", HttpStatusCode.NotFound)]
    [InlineData("""{"head":0}""", HttpStatusCode.NotFound)]
    [InlineData("""{"head":1.5}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"head":"1"}""", HttpStatusCode.BadRequest)]
    public async Task A_head_must_be_a_message_of_the_room(string body, HttpStatusCode status)
    {
        var (person, room) = await NewRoom("one");
        await (await Send(person, HttpMethod.Patch, room, body)).ReadProblemAsync(status);
    }

    [Fact]
    public async Task A_branch_is_not_shown_if_the_settings_have_changed_since_the_version_of_If_Match()
    {
        var (person, room) = await NewRoom("one");
        await Stream(person, $"{room}/message/1/edit");
        using var renamed = await person.PatchAsJsonAsync(room, new { name = "renamed" });
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Choose("\"1\"")).StatusCode);
        Assert.Equal("3 4, head 4", await Shown(person, room));
        Assert.Equal(HttpStatusCode.OK, (await Choose(renamed.Headers.ETag!.Tag)).StatusCode);
        Assert.Equal("1 2, head 2", await Shown(person, room));

        Task<HttpResponseMessage> Choose(string version)
        {
            var request = new HttpRequestMessage(HttpMethod.Patch, room) { Content = JsonContent.Create(new { head = 1 }) };
            request.Headers.TryAddWithoutValidation("If-Match", version);
            return person.SendAsync(request);
        }
    }

    [Fact]
    public async Task An_edit_that_an_event_stream_client_repeats_by_itself_attaches_to_its_reply()
    {
        var (person, room) = await NewRoom("one");
        await Stream(person, $"{room}/message/1/edit");
        using var again = new HttpRequestMessage(HttpMethod.Post, $"{room}/message/1/edit") { Content = JsonContent.Create(new { content = "Anew" }) };
        again.Headers.Add("Accept", "text/event-stream");
        again.Headers.Add("Last-Event-ID", "1-0");
        var answer = await person.SendAsync(again);
        Assert.Equal($"{room}/message/4", answer.Headers.Location!.OriginalString);
        Assert.Contains("event: done", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("3 4, head 4", await Shown(person, room));
    }

    [Fact]
    public async Task A_fork_has_a_copy_of_the_path_to_a_message()
    {
        var (person, room) = await NewRoom("one", "two");
        await Stream(person, $"{room}/message/1/edit");
        var fork = await Fork(person, room, """{"message_id":4,"name":"Copy"}""");
        var created = await fork.ReadJsonAsync();
        Assert.Equal((HttpStatusCode.Created, "Copy"), (fork.StatusCode, created.Text("name")));
        var copy = fork.Headers.Location!.OriginalString;
        Assert.Equal($"/chatroom/{created.Text("id")}", copy);
        var view = await (await Send(person, HttpMethod.Get, $"{copy}?view=path")).ReadJsonAsync();
        Assert.Equal(["one", "two"], Messages(view).Where(message => message.Text("sender") == "user").Select(message => message.Text("content")));
        Assert.DoesNotContain("siblings", Messages(view).SelectMany(message => message.Names()));

        Assert.Equal("2, head 2", await Shown(person, (await Fork(person, room, "{}")).Headers.Location!.OriginalString, last: 1));
        await (await Fork(person, room, """{"message_id":9}""")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await Fork(person, room, """{"message_id":0}""")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await Fork(person, room, """{"message_id":"4"}""")).ReadProblemAsync(HttpStatusCode.BadRequest);
        await (await Fork(person, room, """{"name":""}""")).ReadProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_fork_with_the_key_of_an_earlier_request_is_that_room_or_refused()
    {
        var (person, room) = await NewRoom("one");
        var first = await Fork(person, room, "{}", "key");
        await Stream(person, $"{room}/message");
        Assert.Equal(first.Headers.Location, (await Fork(person, room, "{}", "key")).Headers.Location);
        await (await Fork(person, room, """{"message_id":1}""", "key")).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);

        await person.DeleteAsync(room);
        Assert.Equal(first.Headers.Location, (await Fork(person, room, "{}", "key")).Headers.Location);
        await person.DeleteAsync(first.Headers.Location);
        await (await Fork(person, room, "{}", "key")).ReadProblemAsync(HttpStatusCode.Gone);
    }

    [Fact]
    public async Task An_empty_room_and_one_that_ends_with_a_question_can_be_forked()
    {
        var (person, room) = await NewRoom("one");
        var asked = (await Fork(person, room, """{"message_id":1}""")).Headers.Location!.OriginalString;
        Assert.Equal("1, head 1", await Shown(person, asked));
        await Stream(person, $"{asked}/message");
        Assert.Equal("1 2 3, head 3", await Shown(person, asked));
        var empty = (await person.PostAsJsonAsync("/chatroom", new { name = "empty" })).Headers.Location!.OriginalString;
        Assert.Equal(HttpStatusCode.Created, (await Fork(person, empty, "{}")).StatusCode);
    }

    private static Task<HttpResponseMessage> Fork(HttpClient person, string room, string body, string? key = null) =>
        person.PostJsonAsync($"{room}/fork", body, key);

    private static Task<HttpResponseMessage> Send(HttpClient person, HttpMethod method, string path, string? body = null, string? accept = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, null, "application/json") };
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        return person.SendAsync(request);
    }

    /// <summary>A room of a new user, with answered messages.</summary>
    private async Task<(HttpClient Person, string Room)> NewRoom(params string[] messages)
    {
        var user = await gateway.NewUser().SignUpAndVerify();
        var person = gateway.CreateAnonymousClient();
        person.DefaultRequestHeaders.Authorization = new("Bearer", user.Token);
        var room = $"/chatroom/{await user.NewRoom()}";
        foreach (var content in messages)
        {
            var answer = await person.PostJsonAsync($"{room}/message", JsonSerializer.Serialize(new { content }), accept: "text/plain");
            await answer.Content.ReadAsStringAsync();
        }

        return (person, room);
    }

    /// <summary>Posts or edits, and waits for the end of the reply.</summary>
    private static async Task Stream(HttpClient person, string path)
    {
        var answer = await Send(person, HttpMethod.Post, path, Anew, "text/event-stream");
        Assert.Contains("event: done", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<string> Shown(HttpClient person, string room, int last = 100)
    {
        var view = await (await Send(person, HttpMethod.Get, $"{room}?view=path&limit={last}")).ReadJsonAsync();
        return $"{string.Join(' ', Ids(view))}, head {view.GetProperty("head")}";
    }

    private static IEnumerable<JsonElement> Messages(JsonElement room) => room.GetProperty("messages").EnumerateArray();

    private static IEnumerable<int> Ids(JsonElement room) => Messages(room).Select(message => message.GetProperty("id").GetInt32());

    private static IEnumerable<int> Ids(JsonElement message, string member) => message.GetProperty(member).EnumerateArray().Select(id => id.GetInt32());
}

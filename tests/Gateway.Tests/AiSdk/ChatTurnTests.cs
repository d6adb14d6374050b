using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using GeminiChat.Gateway.AiSdk;
using GeminiChat.Gateway.Tests.Fixtures;
using static GeminiChat.Gateway.Tests.AiSdk.ChatClient;

namespace GeminiChat.Gateway.Tests.AiSdk;

/// <summary>What a request of <c>useChat</c> is: a post, an edit or a regenerate, in which room, with which files.</summary>
public sealed class ChatTurnTests(GatewayFixture gateway) : IAsyncLifetime
{
    private const string Png = "data:image/png;base64,iVBORw0KGgo8YnJlYWQ+";

    private ApiUser _user = null!;
    private ChatClient _chat = null!;

    public async ValueTask InitializeAsync()
    {
        _user = await gateway.NewUserWithRoom();
        _chat = new ChatClient(_user, "my chat 1");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_first_message_creates_the_room_which_gets_a_title()
    {
        await _chat.Ask([User("q1", Text("Tell me about bread"))]);

        Assert.Equal(["Tell me about bread", "ok"], await _chat.Texts());
        var roomId = (await _chat.Messages())[0].GetProperty("metadata").GetProperty("room_id").GetString();
        var room = (await (await _user.Send(HttpMethod.Get, $"/chatroom/{roomId}")).ReadJsonAsync());
        Assert.Equal("Tell me about bread", room.Text("name"));
        Assert.Equal(["Tell me about bread", "ok"], await new ChatClient(_user, roomId!).Texts());
    }

    [Fact]
    public async Task The_same_chat_id_of_another_user_is_another_room()
    {
        var other = await gateway.NewUser().SignIn();
        await _chat.Ask([User("q1", Text("mine"))]);
        await new ChatClient(other, "my chat 1").Ask([User("q1", Text("theirs"))]);
        await new ChatClient(other, _user.RoomId.ToString()).Ask([User("q1", Text("not yours"))]);

        Assert.Equal(["mine", "ok"], await _chat.Texts());
        Assert.Empty(await new ChatClient(_user, _user.RoomId.ToString()).Texts());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_chat_whose_room_has_been_deleted_stays_deleted(bool isNamedByItsRoom)
    {
        await _chat.Ask([User("q1", Text("Why?"))]);
        var roomId = (await _chat.Messages())[0].GetProperty("metadata").Text("room_id");
        var chat = isNamedByItsRoom ? new ChatClient(_user, roomId) : _chat;

        using var deleted = await _user.Send(HttpMethod.Delete, $"/chatroom/{roomId}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        HttpResponseMessage[] answers =
        [
            await chat.Send([User("q2", Text("Why?"))]), await chat.Resume(),
            await _user.Client.GetAsync($"{chat.Path}/messages"), await _user.Send(HttpMethod.Post, $"{chat.Path}/stop"),
        ];
        foreach (var answer in answers)
        {
            Assert.Equal("This chatroom has been deleted.", await answer.ReadProblemAsync(HttpStatusCode.NotFound));
        }

        Assert.DoesNotContain((await (await _user.Send(HttpMethod.Get, "/chatroom")).ReadJsonAsync()).EnumerateArray(), room => room.Text("id") == roomId);
    }

    [Fact]
    public async Task A_message_that_is_sent_twice_is_posted_once()
    {
        var first = await _chat.Ask([User("q1", Text("Why?"))]);
        var second = await _chat.Ask([User("q1", Text("Why?"))]);

        Assert.Equal(first.Select(chunk => chunk.Text("type")).Distinct(), second.Select(chunk => chunk.Text("type")).Distinct());
        Assert.Equal(first[0].Text("messageId"), second[0].Text("messageId"));
        Assert.Equal(["Why?", "ok"], await _chat.Texts());
    }

    [Fact]
    public async Task Only_the_newest_message_of_the_user_is_taken_and_its_texts_are_joined()
    {
        await _chat.Ask([User("old", Text("not this")), Assistant("a"), User("q1", Text("one"), Text("two")), Assistant("b")]);

        Assert.Equal(["one\ntwo", "ok"], await _chat.Texts());
    }

    [Theory]
    [InlineData("q1")]
    [InlineData("1")]
    public async Task A_message_with_the_id_of_an_earlier_one_edits_that_one(string id)
    {
        await _chat.Ask([User("q1", Text("Why?"))]);
        await _chat.Ask([User(id, Text("Why not?"))], messageId: id);

        var messages = await _chat.Messages();
        Assert.Equal(["Why not?", "ok"], messages.Select(TextOf));
        Assert.Equal("[1,3]", messages[0].GetProperty("metadata").GetProperty("siblings").GetRawText());
    }

    [Fact]
    public async Task A_message_that_was_edited_is_regenerated_in_its_newest_version()
    {
        await _chat.Ask([User("q1", Text("Why?"))]);
        await _chat.Ask([User("q1", Text("Why not?"))], messageId: "q1");

        await _chat.Ask([User("q1", Text("Why not?"))], "regenerate-message", messageId: "4");

        var messages = await _chat.Messages();
        Assert.Equal(["Why not?", "ok"], messages.Select(TextOf));
        Assert.Equal(["3", "5"], messages.Select(message => message.Text("id")));
        Assert.Equal("[4,5]", messages[1].GetProperty("metadata").GetProperty("siblings").GetRawText());
    }

    [Fact]
    public async Task Regenerate_edits_a_message_whose_text_has_changed_and_posts_one_that_was_never_stored()
    {
        await _chat.Ask([User("q1", Text("Why?"))], "regenerate-message");
        await _chat.Ask([User("q1", Text("Why not?"))], "regenerate-message");

        var messages = await _chat.Messages();
        Assert.Equal(["3", "4"], messages.Select(message => message.Text("id")));
        Assert.Equal(["Why not?", "ok"], messages.Select(TextOf));
    }

    [Fact]
    public async Task A_reply_can_be_regenerated_by_its_id_alone()
    {
        await _chat.Ask([User("q1", Text("Why?"))]);

        await _chat.Ask([], "regenerate-message", messageId: "2");

        Assert.Equal(["1", "3"], (await _chat.Messages()).Select(message => message.Text("id")));
        Assert.Equal(HttpStatusCode.NotFound, (await _chat.Send([], "regenerate-message", messageId: "none")).StatusCode);
    }

    [Fact]
    public async Task History_that_was_loaded_is_not_posted_again()
    {
        await _chat.Ask([User("q1", Text("Why?"))]);

        var answer = await _chat.Send([User("1", Text("Why?")), Assistant("2")], messageId: "2");

        await answer.ReadProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(["Why?", "ok"], await _chat.Texts());
    }

    [Fact]
    public async Task A_file_in_a_data_url_is_stored_once_and_shown_by_its_address()
    {
        await _chat.Ask([User("q1", File(Png, "bread.png"), Text("What is it?"))]);
        await _chat.Ask([User("q1", File(Png, "bread.png"), Text("What is it?"))], "regenerate-message");

        var messages = await _chat.Messages();
        Assert.Equal(["1", "3"], messages.Select(message => message.Text("id")));
        var file = messages[0].GetProperty("parts")[0];
        Assert.Equal(("file", "image/png", "bread.png"), (file.Text("type"), file.Text("mediaType"), file.Text("filename")));
        Assert.StartsWith($"{gateway.Address}files/", file.Text("url"), StringComparison.Ordinal);
        Assert.Equal(Convert.FromBase64String(Png[(Png.IndexOf(',', StringComparison.Ordinal) + 1)..]), await _user.Client.GetByteArrayAsync(new Uri(file.Text("url"))));

        await _chat.Ask([User("q2", File(file.Text("url")), Text("And this?"))]);
        Assert.Equal(file.Text("url"), (await _chat.Messages())[2].GetProperty("parts")[0].Text("url"));
    }

    [Theory]
    [InlineData("https://example.org/picture.png", "The url of a file")]
    [InlineData("data:image/png,hello", "messages[0].parts[0].url is a data URL without base64.")]
    [InlineData("data:image/png;base64,?", "messages[0].parts[0].url is not valid base64.")]
    [InlineData("/files/019c143a-7f20-7e5b-9a41-0c8d6b52f7e3/content", "attachments names a file")]
    public async Task A_file_that_cannot_be_taken_is_refused(string url, string detail)
    {
        var answer = await _chat.Send([User("q1", File(url), Text("What is it?"))]);

        Assert.StartsWith(detail, await answer.ReadProblemAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_with_a_long_history_is_taken_and_one_that_is_too_large_is_not()
    {
        var history = Enumerable.Range(0, 40).Select(i => User($"old{i}", Text(new string('a', 10_000))));
        await _chat.Ask([.. history, User("q1", Text("Why?"))]);
        Assert.Equal(["Why?", "ok"], await _chat.Texts());

        using var body = new StringContent(new string(' ', ChatBody.MaxBytes + 1), Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ai/chat") { Content = body };
        request.Headers.ExpectContinue = true;
        await (await _user.Client.SendAsync(request)).ReadProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("""{"messages":[{"id":"q","role":"user","parts":[{"type":"text","text":"a"}]}]}""", "id is required.")]
    [InlineData("""{"id":"a/b","messages":[{"id":"q","role":"user","parts":[{"type":"text","text":"a"}]}]}""", "id must not have a slash.")]
    [InlineData("""{"id":"c","messages":[]}""", "messages must have a message of the user.")]
    [InlineData("""{"id":"c"}""", "messages must have a message of the user.")]
    [InlineData("""{"id":"c","messages":{}}""", "messages has the wrong type.")]
    [InlineData("""{"id":"c","messages":[{"id":"q","role":"user","parts":[]}]}""", "content must have 1 to 32000 characters; it has 0.")]
    [InlineData("""{"id":"c","messages":[{"id":"\u00e9","role":"user","parts":[]}]}""", "The id of a message must be 1 to 255 visible ASCII characters.")]
    [InlineData("""{"id":"c","messages":[null,{"id":"q","role":"user","parts":[null]}],"trigger":"resume-stream"}""", "trigger must be submit-message or regenerate-message.")]
    [InlineData("""{"id":"c","messages":[{"id":"q","role":"user"}""", "The body is not valid JSON: look at line 1, byte 47.")]
    [InlineData("""{"id":"c","messages":[],"messages":[]}""", "The body names the same field twice.")]
    [InlineData("""{"id":"c","model":"none","messages":[{"id":"q","role":"user","parts":[{"type":"text","text":"a"}]}]}""", "There is no model none. GET /models lists those that you can use.")]
    public async Task A_wrong_request_is_explained(string body, string detail)
    {
        var answer = await _user.Client.PostJsonAsync("/ai/chat", body);

        Assert.Equal(detail, await answer.ReadProblemAsync(HttpStatusCode.BadRequest));
    }

    [Theory]
    [InlineData("*/*")]
    [InlineData("text/event-stream")]
    public async Task An_error_is_the_text_that_the_AI_SDK_shows_unless_the_client_asks_for_JSON(string accept)
    {
        using var refused = await _chat.Send([User("q1")], accept: accept);
        var (type, text) = (refused.Content.Headers.ContentType?.ToString(), await refused.Content.ReadAsStringAsync());
        Assert.Equal(("text/plain; charset=utf-8", "content must have 1 to 32000 characters; it has 0."), (type, text));
        using var unknown = await gateway.CreateAnonymousClient().PostJsonAsync("/ai/chat", "{}", accept: accept);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        Assert.Equal("This needs a valid access token: Authorization: Bearer <token>.", await unknown.Content.ReadAsStringAsync());

        await (await _chat.Send([User("q1")], accept: "application/json, */*")).ReadProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Messages_come_in_pages()
    {
        await _user.Room.Store([.. Enumerable.Range(0, 5).Select(i => ($"question {i}", "answer"))]);
        var chat = new ChatClient(_user, _user.RoomId.ToString());

        Assert.Equal(10, (await chat.Messages()).Count);
        using var answer = await _user.Client.GetAsync($"{chat.Path}/messages?limit=4");
        Assert.Equal(["7", "8", "9", "10"], (await answer.ReadJsonAsync()).EnumerateArray().Select(message => message.Text("id")));
        Assert.Equal($"<{chat.Path}/messages?limit=4&before=7>; rel=\"next\"", answer.Headers.GetValues("Link").Single());
        Assert.Equal(["5", "6"], (await chat.Messages("?limit=2&before=7")).Select(message => message.Text("id")));
    }

    [Fact]
    public async Task A_chat_id_that_is_too_long_is_refused()
    {
        var chat = new ChatClient(_user, new string('c', ChatPath.MaxLength + 1));

        await (await chat.Send([User("q1", Text("Why?"))])).ReadProblemAsync(HttpStatusCode.BadRequest);
        await (await chat.Resume()).ReadProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Model_and_thinking_are_members_of_the_request()
    {
        var body = new JsonObject { ["id"] = "with model", ["model"] = "gemini-2.5-flash", ["thinking"] = "low", ["messages"] = new JsonArray(User("q1", Text("Why?"))) };
        await using var chunks = await UiMessageStreamReader.OpenAsync(await _user.Client.PostJsonAsync("/ai/chat", body.ToJsonString()));

        var finish = (await chunks.ReadToEndAsync())[^1];

        Assert.Equal("gemini-2.5-flash", finish.GetProperty("messageMetadata").Text("model"));
        Assert.True(finish.GetProperty("messageMetadata").GetProperty("usage").GetProperty("output_tokens").GetInt32() > 0);
    }
}

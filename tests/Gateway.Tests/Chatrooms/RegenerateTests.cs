using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Live;

namespace GeminiChat.Gateway.Tests.Chatrooms;

/// <summary>The built-in assistant answers.</summary>
public sealed class RegenerateTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    private const string Hello = """{"content":"Hello"}""";

    [Fact]
    public async Task It_is_accepted_as_a_message_is_and_the_room_shows_it_at_once()
    {
        var (person, room) = await SomebodyWithAReply();
        await person.Send(HttpMethod.Get, room);

        var answer = await person.Send(HttpMethod.Post, $"{room}/message/2/regenerate");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal($"{room}/message/3", answer.Headers.Location!.OriginalString);
        var turn = await answer.JsonAsync();
        Assert.Equal((1, "Hello"), (Id(turn, "message"), turn.GetProperty("message").Text("content")));
        Assert.Equal((3, 1), (Id(turn, "reply"), turn.GetProperty("reply").GetProperty("reply_to").GetInt32()));
        var messages = (await (await person.Send(HttpMethod.Get, room)).JsonAsync()).GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal([1, 2, 3], messages.Select(message => message.GetProperty("id").GetInt32()));
        Assert.Equal(3, messages[1].GetProperty("superseded_by").GetInt32());
        Assert.DoesNotContain("superseded_by", messages[2].Names());
    }

    [Theory]
    [InlineData("text/event-stream", "event: done")]
    [InlineData("text/plain", "Hello")]
    public async Task Its_reply_can_be_streamed(string accept, string expected)
    {
        var (person, room) = await SomebodyWithAReply();
        var answer = await person.Send(HttpMethod.Post, $"{room}/message/2/regenerate", accept: accept);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal($"{room}/message/3", answer.Headers.Location!.OriginalString);
        Assert.Equal(accept, answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_reply_is_being_written_there_is_no_other()
    {
        var (person, room) = await SomebodyWithAReply();
        await person.Send(HttpMethod.Post, $"{room}/message/2/regenerate");
        foreach (var id in new[] { 2, 3 })
        {
            var answer = await person.Send(HttpMethod.Post, $"{room}/message/{id}/regenerate");
            Assert.Contains("still being written", await answer.ProblemAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("1")]
    [InlineData("99")]
    [InlineData("0")]
    [InlineData("x")]
    public async Task What_is_no_reply_is_not_found(string id)
    {
        var (person, room) = await SomebodyWithAReply();
        await (await person.Send(HttpMethod.Post, $"{room}/message/{id}/regenerate")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Another_users_reply_is_not_found()
    {
        var (_, room) = await SomebodyWithAReply();
        var other = await gateway.NewPerson().Join();
        await (await other.Send(HttpMethod.Post, $"{room}/message/2/regenerate")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_repeated_key_answers_alike_and_one_used_for_a_message_is_refused()
    {
        var (person, room) = await SomebodyWithAReply("posted");
        using var client = gateway.Stranger();
        client.DefaultRequestHeaders.Authorization = new("Bearer", person.Access);
        var path = $"{room}/message/2/regenerate";

        var first = await (await client.PostJsonAsync(path, "", "again")).JsonAsync();
        var repeat = await (await client.PostJsonAsync(path, "", "again")).JsonAsync();
        Assert.Equal(Id(first, "reply"), Id(repeat, "reply"));
        await (await client.PostJsonAsync(path, "", "posted")).ProblemAsync(HttpStatusCode.UnprocessableEntity);
        await (await client.PostJsonAsync($"{room}/message", Hello, "again")).ProblemAsync(HttpStatusCode.UnprocessableEntity);
        await (await client.PostJsonAsync(path, "", new string('x', 256))).ProblemAsync(HttpStatusCode.BadRequest);
    }

    private static int Id(JsonElement turn, string name) => turn.GetProperty(name).GetProperty("id").GetInt32();

    private async Task<(Person Person, string Room)> SomebodyWithAReply(string? key = null)
    {
        var person = await gateway.NewPerson().Join();
        var room = $"/chatroom/{await person.NewRoom()}";
        using var client = gateway.Stranger();
        client.DefaultRequestHeaders.Authorization = new("Bearer", person.Access);
        var answer = await client.PostJsonAsync($"{room}/message", Hello, key, accept: "text/plain");
        Assert.Contains("Hello", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        return (person, room);
    }
}

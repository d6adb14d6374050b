using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;

namespace GeminiChat.Gateway.Tests.Chatrooms;

/// <summary>The built-in assistant answers.</summary>
public sealed class RegenerateTests(OwnSiloGatewayFixture gateway) : IClassFixture<OwnSiloGatewayFixture>
{
    private const string Hello = """{"content":"Hello"}""";

    [Fact]
    public async Task A_regenerate_is_accepted_like_a_message_and_shown_in_the_room_at_once()
    {
        var (person, room) = await SomebodyWithAReply();
        await person.Send(HttpMethod.Get, room);

        var answer = await person.Send(HttpMethod.Post, $"{room}/message/2/regenerate");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal($"{room}/message/3", answer.Headers.Location!.OriginalString);
        var turn = await answer.ReadJsonAsync();
        Assert.Equal((1, "Hello"), (Id(turn, "message"), turn.GetProperty("message").Text("content")));
        Assert.Equal((3, 1), (Id(turn, "reply"), turn.GetProperty("reply").GetProperty("reply_to").GetInt32()));
        var messages = (await (await person.Send(HttpMethod.Get, room)).ReadJsonAsync()).GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal([1, 2, 3], messages.Select(message => message.GetProperty("id").GetInt32()));
        Assert.Equal(3, messages[1].GetProperty("superseded_by").GetInt32());
        Assert.DoesNotContain("superseded_by", messages[2].Names());
    }

    [Theory]
    [InlineData("text/event-stream", "event: done")]
    [InlineData("text/plain", "Hello")]
    public async Task The_reply_of_a_regenerate_can_be_streamed(string accept, string expected)
    {
        var (person, room) = await SomebodyWithAReply();
        var answer = await person.Send(HttpMethod.Post, $"{room}/message/2/regenerate", accept: accept);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal($"{room}/message/3", answer.Headers.Location!.OriginalString);
        Assert.Equal(accept, answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_regenerate_while_a_reply_is_pending_is_a_conflict()
    {
        var (person, room) = await SomebodyWithAReply();
        await person.Send(HttpMethod.Post, $"{room}/message/2/regenerate");
        foreach (var id in new[] { 2, 3 })
        {
            var answer = await person.Send(HttpMethod.Post, $"{room}/message/{id}/regenerate");
            Assert.Contains("still being written", await answer.ReadProblemAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("1")]
    [InlineData("99")]
    [InlineData("0")]
    [InlineData("x")]
    public async Task Regenerating_something_that_is_not_a_reply_is_not_found(string id)
    {
        var (person, room) = await SomebodyWithAReply();
        await (await person.Send(HttpMethod.Post, $"{room}/message/{id}/regenerate")).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Another_users_reply_is_not_found()
    {
        var (_, room) = await SomebodyWithAReply();
        var other = await gateway.NewUser().SignUpAndVerify();
        await (await other.Send(HttpMethod.Post, $"{room}/message/2/regenerate")).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_repeated_key_returns_the_same_regenerate_and_a_key_of_a_message_is_refused()
    {
        var (person, room) = await SomebodyWithAReply("posted");
        using var client = gateway.CreateAnonymousClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", person.Token);
        var path = $"{room}/message/2/regenerate";

        var first = await (await client.PostJsonAsync(path, "", "again")).ReadJsonAsync();
        var repeat = await (await client.PostJsonAsync(path, "", "again")).ReadJsonAsync();
        Assert.Equal(Id(first, "reply"), Id(repeat, "reply"));
        await (await client.PostJsonAsync(path, "", "posted")).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
        await (await client.PostJsonAsync($"{room}/message", Hello, "again")).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
        await (await client.PostJsonAsync(path, "", new string('x', 256))).ReadProblemAsync(HttpStatusCode.BadRequest);
    }

    private static int Id(JsonElement turn, string name) => turn.GetProperty(name).GetProperty("id").GetInt32();

    private async Task<(ApiUser Person, string Room)> SomebodyWithAReply(string? key = null)
    {
        var person = await gateway.NewUser().SignUpAndVerify();
        var room = $"/chatroom/{await person.NewRoom()}";
        using var client = gateway.CreateAnonymousClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", person.Token);
        var answer = await client.PostJsonAsync($"{room}/message", Hello, key, accept: "text/plain");
        Assert.Contains("Hello", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        return (person, room);
    }
}

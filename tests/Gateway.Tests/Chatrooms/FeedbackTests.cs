using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Tests.Chatrooms;

public sealed class FeedbackTests(GatewayFixture gateway) : IAsyncLifetime
{
    private ApiUser _user = null!;

    public async ValueTask InitializeAsync() => _user = await gateway.NewUserWithRoom();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Feedback_is_part_of_the_reply_until_it_is_taken_back()
    {
        await _user.Room.AskAndAnswer("Why?", "Because.");
        var answer = await Put("""{"rating":"down","comment":"Why not?"}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        const string Feedback = """{"rating":"down","comment":"Why not?"}""";
        Assert.Equal(Feedback, (await answer.ReadJsonAsync()).GetProperty("feedback").GetRawText());
        Assert.Equal(Feedback, (await Reply()).GetProperty("feedback").GetRawText());
        Assert.Equal(Feedback, (await Page())[1].GetProperty("feedback").GetRawText());
        var export = await (await _user.Client.GetAsync($"{_user.RoomPath}/export")).ReadJsonAsync();
        Assert.Equal(Feedback, export.GetProperty("messages")[1].GetProperty("feedback").GetRawText());

        Assert.Equal("""{"rating":"up"}""", (await (await Put("""{"rating":"up"}""")).ReadJsonAsync()).GetProperty("feedback").GetRawText());
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(HttpStatusCode.NoContent, (await Delete()).StatusCode);
            Assert.False((await Reply()).TryGetProperty("feedback", out _));
            Assert.False((await Page())[1].TryGetProperty("feedback", out _));
        }
    }

    [Theory]
    [InlineData("{}", "rating is required.")]
    [InlineData("""{"rating":"good"}""", "rating must be up or down.")]
    [InlineData("""{"rating":1}""", "rating must be a string.")]
    [InlineData("""{"rating":"up","comment":""}""", "comment must have 1 to 2000 characters; it has 0.")]
    [InlineData("""{"rating":"up","comment":"\u200b"}""", "comment is empty: it must have a visible character.")]
    public async Task A_bad_feedback_is_refused_with_the_reason(string body, string reason)
    {
        await _user.Room.AskAndAnswer("Why?", "Because.");
        Assert.Equal(reason, await (await Put(body)).ReadProblemAsync(HttpStatusCode.BadRequest));
        await (await Put(JsonSerializer.Serialize(new { rating = "up", comment = new string('c', 2001) }))).ReadProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.OK, (await Put(JsonSerializer.Serialize(new { rating = "up", comment = new string('c', 2000) }))).StatusCode);
    }

    [Fact]
    public async Task Only_a_finished_reply_of_the_users_own_takes_feedback()
    {
        await _user.Room.Ask();
        var unfinished = await (await Put("""{"rating":"up"}""")).ReadProblemAsync(HttpStatusCode.Conflict);
        Assert.Equal(unfinished, await (await Delete()).ReadProblemAsync(HttpStatusCode.Conflict));
        await (await Put("""{"rating":"up"}""", message: 1)).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await Put("""{"rating":"up"}""", message: 3)).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await Delete(message: 1)).ReadProblemAsync(HttpStatusCode.NotFound);

        await _user.Room.Say("Because.");
        await _user.Room.End(MessageStatus.Completed);
        var eve = await gateway.NewUser().SignIn();
        await (await eve.Send(HttpMethod.Put, $"{_user.MessagesPath}/2/feedback", """{"rating":"up"}""")).ReadProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.OK, (await Put("""{"rating":"up"}""")).StatusCode);
    }

    [Fact]
    public async Task Feedback_is_repeated_after_an_outage()
    {
        await _user.Room.AskAndAnswer("Why?", "Because.");
        _user.Room.Calls(nameof(IChatroomGrain.SetFeedback)).Throw(new StoreOutcomeUnknownException("no"));
        Assert.Equal(HttpStatusCode.OK, (await Put("""{"rating":"up"}""")).StatusCode);
    }

    private Task<HttpResponseMessage> Put(string body, long message = 2) =>
        _user.Send(HttpMethod.Put, $"{_user.MessagesPath}/{message}/feedback", body);

    private Task<HttpResponseMessage> Delete(long message = 2) =>
        _user.Send(HttpMethod.Delete, $"{_user.MessagesPath}/{message}/feedback");

    private async Task<JsonElement> Reply() => await (await _user.Client.GetAsync($"{_user.MessagesPath}/2")).ReadJsonAsync();

    private async Task<JsonElement> Page() => (await (await _user.Client.GetAsync(_user.RoomPath)).ReadJsonAsync()).GetProperty("messages");
}

using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Tests.Chatrooms;

/// <summary>The routes whose only answer is the event stream of a reply.</summary>
public sealed class StreamRouteTests(GatewayFixture gateway) : IAsyncLifetime
{
    private const string Question = """{"content":"Why?"}""";

    private ApiUser _user = null!;

    private RoomDriver Room => _user.Room;

    public async ValueTask InitializeAsync() => _user = await gateway.NewUserWithRoom();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Each_way_to_a_reply_has_a_stream_that_needs_no_Accept()
    {
        foreach (var (path, reply) in new[] { ("/stream", 2), ("/1/edit/stream", 4), ("/4/regenerate/stream", 5) })
        {
            await using var events = await SseReader.OpenAsync(await _user.Client.PostJsonAsync($"{_user.MessagesPath}{path}", Question));
            Assert.Equal($"{_user.MessagesPath}/{reply}", events.Response.Headers.Location!.OriginalString);
            var accepted = await events.ExpectAsync("accepted", "1-0");
            Assert.Equal(reply, accepted.GetProperty("reply").GetProperty("id").GetInt32());
            await Room.AnswerNext(reply, "Because");
            await events.ExpectTokenAsync("Because", "1-7");
            var done = await events.ExpectAsync("done", "1-7-end");
            Assert.Equal(("done", "completed"), (done.Text("type"), done.Text("status")));
            await events.ExpectEndAsync();
        }

        await using var followed = await SseReader.OpenAsync(await _user.Client.GetAsync($"{_user.MessagesPath}/5/stream"));
        await followed.ExpectAsync("accepted", "1-0");
        await followed.ExpectTokenAsync("Because", "1-7");
        await (await _user.Client.GetAsync($"{_user.MessagesPath}/1/stream")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await _user.Client.GetAsync($"{_user.MessagesPath}/99/stream")).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_client_that_accepts_no_event_stream_is_refused_and_nothing_is_posted()
    {
        using var answer = await _user.Client.PostJsonAsync($"{_user.MessagesPath}/stream", Question, accept: "application/json");
        await answer.ReadProblemAsync(HttpStatusCode.NotAcceptable);
        Assert.Empty(await Room.Questions());

        await using var events = await SseReader.OpenAsync(
            await _user.Client.PostJsonAsync($"{_user.MessagesPath}/stream", Question, accept: "application/json, text/plain, */*"));
        await events.ExpectAsync("accepted", "1-0");
    }

    [Fact]
    public async Task A_failed_reply_ends_with_failed()
    {
        await using var events = await SseReader.OpenAsync(await _user.Client.PostJsonAsync($"{_user.MessagesPath}/stream", Question));
        await events.ExpectAsync("accepted", "1-0");

        await Room.End(MessageStatus.Failed, EndReasons.ModelUnavailable);

        var failed = await events.ExpectAsync("failed", "1-0-end");
        Assert.Equal(["type", "problem"], failed.Names());
        Assert.Equal("failed", failed.Text("type"));
        var problem = failed.GetProperty("problem");
        Assert.Equal(["type", "title", "status", "detail", "instance", "reason", "retryable"], problem.Names());
        Assert.Equal(("urn:geminichat:problem:no-answer", "model_unavailable"), (problem.Text("type"), problem.Text("reason")));
        await events.ExpectEndAsync();
    }

    [Fact]
    public async Task A_reply_that_is_gone_ends_with_failed_and_has_no_id()
    {
        await Room.Ask();
        var follow = Room.Calls(nameof(IChatroomGrain.Follow));
        await using var events = await Attach();
        await follow.WaitUntilBegun();

        await Room.Delete();

        Assert.Equal(404, await ReadFailure(events));
    }

    [Fact]
    public async Task A_session_that_is_over_ends_the_stream_with_failed()
    {
        await Room.Ask();
        var follow = Room.Calls(nameof(IChatroomGrain.Follow));
        await using var events = await Attach();
        await follow.WaitUntilBegun();

        await _user.EndSessions();

        Assert.Equal(401, await ReadFailure(events));
    }

    [Fact]
    public async Task A_stream_can_be_read_on_after_its_last_event()
    {
        await Room.Ask();
        await Room.Say("Because");
        await using (var events = await Attach("1-3"))
        {
            await events.ExpectTokenAsync("ause", "1-7");
            await Room.End(MessageStatus.Completed);
            await events.ExpectAsync("done", "1-7-end");
        }

        using var again = await Send("1-7-end");
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
    }

    private static async Task<int> ReadFailure(SseReader events)
    {
        var failed = await events.ExpectAsync("failed", id: null);
        await events.ExpectEndAsync();
        return failed.GetProperty("problem").GetProperty("status").GetInt32();
    }

    private async Task<SseReader> Attach(string lastEventId = "1-0") => await SseReader.OpenAsync(await Send(lastEventId));

    private Task<HttpResponseMessage> Send(string lastEventId) =>
        _user.Send(HttpMethod.Get, $"{_user.MessagesPath}/2/stream", lastEventId: lastEventId);
}

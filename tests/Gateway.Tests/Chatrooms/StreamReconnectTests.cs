using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Tests.Chatrooms;

/// <summary>Requests that clients of event streams send again by themselves when the stream breaks.</summary>
public sealed class StreamReconnectTests(GatewayFixture gateway) : IAsyncLifetime
{
    private const string Question = """{"content":"Why?"}""";

    private ApiUser _user = null!;

    public async ValueTask InitializeAsync() => _user = await gateway.NewUserWithRoom();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private RoomDriver Room => _user.Room;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_post_repeated_with_a_cursor_resumes_the_newest_reply_and_posts_nothing(bool inQuery)
    {
        await Room.Ask("Why?");
        await Room.Say("Because");

        var answer = await Repeat(_user.MessagesPath, Question, "1-3", inQuery);
        await using var events = await SseReader.OpenAsync(answer);
        await events.ExpectTokenAsync("ause", "1-7");
        await Room.End(MessageStatus.Completed);
        await events.ExpectAsync("done", "1-7-end");

        Assert.Equal($"{_user.MessagesPath}/2", answer.Headers.Location!.OriginalString);
        Assert.Equal(["Why?"], await Room.Questions());
    }

    [Fact]
    public async Task Of_repeated_last_event_id_parameters_the_last_is_used()
    {
        await Room.Ask("Why?");
        await Room.Say("Because");
        await Room.End(MessageStatus.Completed);

        var answer = await Repeat($"{_user.MessagesPath}?last_event_id=1-3", Question, lastEventId: null);
        var again = await Repeat($"{_user.MessagesPath}?last_event_id=1-3&last_event_id=1-7-end", Question, lastEventId: null);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
        Assert.Equal(["Why?"], await Room.Questions());
    }

    [Fact]
    public async Task A_repeat_with_the_id_of_the_last_event_gets_nothing_more()
    {
        await Room.Ask("Why?");
        await Room.Say("Because");
        await Room.End(MessageStatus.Completed);

        Assert.Equal(HttpStatusCode.NoContent, (await Repeat(_user.MessagesPath, Question, "1-7-end")).StatusCode);
        Assert.Equal(["Why?"], await Room.Questions());
    }

    [Theory]
    [InlineData("Why not?", "1-3", "text/event-stream")]
    [InlineData("Why?", null, "text/event-stream")]
    [InlineData("Why?", "1-3", "application/json")]
    public async Task A_post_that_is_not_a_repeat_is_posted(string newest, string? lastEventId, string accept)
    {
        await Room.AskAndAnswer("Why?", "Because");
        await Room.Ask(newest);

        using var answer = await Repeat(_user.MessagesPath, Question, lastEventId, accept: accept);

        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(["Why?", newest, "Why?"], await Room.Questions());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/stream")]
    public async Task A_repeat_with_its_key_continues_an_older_reply_after_the_last_event(string route)
    {
        (await _user.Client.PostJsonAsync(_user.MessagesPath, Question, key: "k")).Dispose();
        await Room.Say("Because");
        await Room.End(MessageStatus.Completed);
        await Room.AskAndAnswer("And then?", "Nothing");

        await using var events = await SseReader.OpenAsync(await Repeat($"{_user.MessagesPath}{route}", Question, "1-3", key: "k"));
        await events.ExpectTokenAsync("ause", "1-7");
        await events.ExpectAsync("done", "1-7-end");
        using var again = await Repeat($"{_user.MessagesPath}{route}", Question, "1-7-end", key: "k");
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
        Assert.Equal($"{_user.MessagesPath}/2", again.Headers.Location!.OriginalString);
        Assert.Equal(["Why?", "And then?"], await Room.Questions());
    }

    [Fact]
    public async Task A_regenerate_and_an_edit_repeated_with_their_keys_continue_after_the_last_event()
    {
        await Room.AskAndAnswer("Why?", "Old");
        (await _user.Client.PostJsonAsync($"{_user.MessagesPath}/2/regenerate", "{}", key: "k")).Dispose();
        await Room.AnswerNext(3, "Because");
        (await _user.Client.PostJsonAsync($"{_user.MessagesPath}/1/edit", """{"content":"How?"}""", key: "l")).Dispose();
        await Room.AnswerNext(5, "Slowly");
        await Room.AskAndAnswer("And then?", "Nothing");

        await using var regenerated = await SseReader.OpenAsync(await Repeat($"{_user.MessagesPath}/2/regenerate/stream", "{}", "1-3", key: "k"));
        await regenerated.ExpectTokenAsync("ause", "1-7");
        await using var edited = await SseReader.OpenAsync(await Repeat($"{_user.MessagesPath}/1/edit/stream", """{"content":"How?"}""", "1-4", key: "l"));
        await edited.ExpectTokenAsync("ly", "1-6");
    }

    [Fact]
    public async Task With_an_idempotency_key_only_the_key_decides_whether_a_post_is_a_repeat()
    {
        (await _user.Client.PostJsonAsync(_user.MessagesPath, Question, key: "k")).Dispose();
        await Room.Say("Because");
        await using (var events = await SseReader.OpenAsync(await Repeat(_user.MessagesPath, Question, "1-3", key: "k")))
        {
            await events.ExpectTokenAsync("ause", "1-7");
        }

        await using var other = await SseReader.OpenAsync(await Repeat(_user.MessagesPath, Question, "1-3", key: "another"));
        Assert.Equal(4, (await other.ExpectAsync("accepted", "1-0")).GetProperty("reply").GetProperty("id").GetInt32());
    }

    [Fact]
    public async Task A_repeated_regenerate_resumes_the_reply_that_superseded_the_other()
    {
        await Room.AskAndAnswer("Why?", "Old");
        await Room.Regenerate(2, "New");

        await using var events = await SseReader.OpenAsync(await Repeat($"{_user.MessagesPath}/2/regenerate", null, "1-1"));

        await events.ExpectTokenAsync("ew", "1-3");
        Assert.Equal($"{_user.MessagesPath}/3", events.Response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_cursor_can_be_sent_in_the_query_and_the_header_takes_precedence()
    {
        await Room.Ask();
        await Room.Say("Hello");
        Task<HttpResponseMessage> Get(string? header)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, $"{_user.MessagesPath}/2?last_event_id=1-2");
            request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
            if (header is not null)
            {
                request.Headers.TryAddWithoutValidation("Last-Event-ID", header);
            }

            return _user.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }

        await using var first = await SseReader.OpenAsync(await Get(null));
        await first.ExpectTokenAsync("llo", "1-5");
        await using var later = await SseReader.OpenAsync(await Get("1-4"));
        await later.ExpectTokenAsync("o", "1-5");
    }

    private Task<HttpResponseMessage> Repeat(
        string path, string? json, string? lastEventId, bool inQuery = false, string accept = "text/event-stream", string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, inQuery ? $"{path}?last_event_id={lastEventId}" : path)
        {
            Content = json is null ? null : HttpTestExtensions.Json(json),
        };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (lastEventId is not null && !inQuery)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        return _user.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}

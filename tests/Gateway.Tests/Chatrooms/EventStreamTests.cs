using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using GeminiChat.Gateway.Streams;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Gateway.Tests.Chatrooms;

public sealed class EventStreamTests(GatewayFixture gateway) : IAsyncLifetime
{
    private ApiUser _user = null!;

    public async ValueTask InitializeAsync() => _user = await gateway.NewUserWithRoom();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private RoomDriver Room => _user.Room;

    [Fact]
    public async Task A_post_streams_its_reply_from_accepted_to_done()
    {
        var response = await _user.Client.PostJsonAsync(_user.MessagesPath, """{"content":"Hi"}""", accept: "text/event-stream");
        await using var events = await SseReader.OpenAsync(response);

        var accepted = await events.ExpectAsync("accepted", "1-0");
        Assert.Equal(["type", "message", "reply", "position"], accepted.Names());
        Assert.Equal("Hi", accepted.GetProperty("message").Text("content"));
        Assert.Equal($"{_user.MessagesPath}/2", response.Headers.Location!.OriginalString);
        await Room.Say("Hel");
        await events.ExpectTokenAsync("Hel", "1-3");
        await Room.Say("lo \U0001F600\r\n\"\\\u2028");
        await events.ExpectTokenAsync("lo \U0001F600\r\n\"\\\u2028", "1-13");
        await Room.End(MessageStatus.Completed);
        var done = await events.ExpectAsync("done", "1-13-end");
        Assert.Equal("Hello \U0001F600\r\n\"\\\u2028", done.Text("content"));
        Assert.Equal("completed", done.Text("status"));
        await events.ExpectEndAsync();
    }

    [Fact]
    public async Task The_bytes_are_those_of_the_event_stream_format()
    {
        await Room.Ask();
        await Room.Say("a\nb");
        await Room.End(MessageStatus.Stopped);

        var response = await SseReader.SendAsync(_user, "1-1");

        Assert.Equal(
            $$"""
            retry: 1000
            event: token
            id: 1-3
            data: {"type":"token","text":"\nb"}

            event: done
            id: 1-3-end
            data: {"type":"done",{{(await Room.ReadReply()).GetRawText()[1..]}}


            """,
            await response.Content.ReadAsStringAsync());
        var cache = response.Headers.CacheControl!;
        Assert.True(cache is { NoCache: true, NoStore: true, NoTransform: true });
    }

    [Fact]
    public async Task Every_blank_line_ends_an_event_with_data_and_the_data_names_the_event()
    {
        await Room.Ask();
        await Room.Say("Hello");
        await Room.Restart();
        await Room.Say("Good day");
        await Room.End(MessageStatus.Completed);

        foreach (var id in new[] { null, "1-2" })
        {
            using var response = await SseReader.SendAsync(_user, id);
            var text = await response.Content.ReadAsStringAsync();

            Assert.All(text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries), one => Assert.Contains("\ndata: {", $"\n{one}", StringComparison.Ordinal));
            var parser = SseParser.Create(new MemoryStream(Encoding.UTF8.GetBytes(text)));
            Assert.All(parser.Enumerate(), item => Assert.Equal(item.EventType, System.Text.Json.JsonDocument.Parse(item.Data).RootElement.Text("type")));
            Assert.Equal((TimeSpan.FromSeconds(1), "2-8-end"), (parser.ReconnectionInterval, parser.LastEventId));
        }
    }

    [Fact]
    public async Task A_failed_reply_ends_with_problem_details()
    {
        await Room.Ask();
        await using var events = await SseReader.AttachAsync(_user);
        await events.ExpectAsync("accepted", "1-0");

        await Room.End(MessageStatus.Failed, EndReasons.ModelUnavailable);

        var problem = await events.ExpectAsync("error", "1-0-end");
        Assert.Equal(["type", "title", "status", "detail", "instance", "reason", "retryable"], problem.Names());
        Assert.Equal(503, problem.GetProperty("status").GetInt32());
        Assert.Equal("model_unavailable", problem.Text("reason"));
        Assert.Equal($"{_user.MessagesPath}/2", problem.Text("instance"));
        await events.ExpectEndAsync();
    }

    [Fact]
    public async Task An_incomplete_reply_ends_with_done_and_says_so()
    {
        await Room.Ask();
        await Room.Say("Half");
        await Room.End(MessageStatus.Incomplete, EndReasons.Truncated);

        await using var events = await SseReader.AttachAsync(_user, "1-4");

        Assert.Equal("truncated", (await events.ExpectAsync("done", "1-4-end")).GetProperty("error").Text("reason"));
    }

    [Fact]
    public async Task A_long_text_is_sent_in_pieces_that_split_no_character()
    {
        var text = "a" + string.Concat(Enumerable.Repeat("\U0001F600", 30_000));
        await Room.Ask();
        await Room.Say(text);
        await Room.End(MessageStatus.Completed);
        await using var events = await SseReader.AttachAsync(_user, "1-0");
        var read = new StringBuilder();

        var item = await events.NextAsync();
        for (; item.EventType is "token"; item = await events.NextAsync())
        {
            var piece = System.Text.Json.JsonDocument.Parse(item.Data).RootElement.Text("text");
            Assert.DoesNotContain('\uFFFD', piece);
            read.Append(piece);
            Assert.Equal($"1-{read.Length}", item.EventId);
        }

        Assert.Equal(text, read.ToString());
        Assert.Equal(("done", $"1-{text.Length}-end"), (item.EventType, item.EventId));
    }

    [Fact]
    public async Task A_stream_survives_one_outage_and_asks_to_reconnect_after_the_second()
    {
        await Room.Ask();
        var follow = Room.Calls(nameof(IChatroomGrain.Follow));
        follow.Throw(new TimeoutException());
        await using var events = await SseReader.AttachAsync(_user, "1-0");
        await follow.WaitUntilBegun();
        follow.Throw(new StoreUnavailableException("no"), new StoreUnavailableException("no"));

        await Room.Say("Hello");

        await events.ExpectTokenAsync("Hello", "1-5");
        await events.ExpectAsync("reconnect", null);
        await events.ExpectEndAsync();
    }

    [Fact]
    public async Task A_reply_that_disappears_ends_its_stream_with_an_error()
    {
        await Room.Ask();
        var follow = Room.Calls(nameof(IChatroomGrain.Follow));
        await using var events = await SseReader.AttachAsync(_user, "1-0");
        await follow.WaitUntilBegun();

        await Room.Delete();

        Assert.Equal(404, (await events.ExpectAsync("error", null)).GetProperty("status").GetInt32());
        await events.ExpectEndAsync();
    }

    [Fact]
    public async Task A_users_own_message_has_no_stream()
    {
        await Room.Ask();
        var request = new HttpRequestMessage(HttpMethod.Get, $"{_user.MessagesPath}/1");
        request.Headers.Add("Accept", "text/event-stream");

        await (await _user.Client.SendAsync(request)).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_stopping_server_ends_its_idle_streams_and_still_passes_posts_to_rooms()
    {
        await using var leaving = await GatewayFixture.StartAsync();
        var user = await leaving.NewUserWithRoom();
        await user.Room.Ask();
        var follow = user.Room.Calls(nameof(IChatroomGrain.Follow));
        await using var events = await SseReader.AttachAsync(user);
        await events.ExpectAsync("accepted", "1-0");
        await follow.WaitUntilBegun();

        leaving.Stop();

        await events.ExpectAsync("reconnect", null);
        await events.ExpectEndAsync();
        await using var late = await SseReader.AttachAsync(user);
        await late.ExpectAsync("accepted", "1-0");
        await late.ExpectAsync("reconnect", null);
        Assert.Equal(HttpStatusCode.Accepted, (await user.Client.PostJsonAsync(user.MessagesPath, """{"content":"a"}""")).StatusCode);
        await (await user.Client.GetAsync("/health/ready")).ReadProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync("/health/live")).StatusCode);
    }

    [Fact]
    public async Task An_idle_stream_sends_keep_alive_comments()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var silent = await GatewayFixture.StartAsync(
            ["--ACCESS_TOKEN_EXPIRE_MINUTES=100000"], builder => builder.Services.AddSingleton<TimeProvider>(time));
        var user = await silent.NewUserWithRoom();
        await user.Room.Ask();
        var follow = user.Room.Calls(nameof(IChatroomGrain.Follow));
        using var response = await SseReader.SendAsync(user, "1-0");
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("retry: 1000", await lines.ReadLineAsync());
        await follow.WaitUntilBegun();
        Assert.Equal(": ping", await time.AdvanceUntilAsync(StreamPump.PingAfter, lines.ReadLineAsync()));
    }

    [Fact]
    public async Task Disconnecting_ends_the_Follow_call_but_not_the_reply()
    {
        await Room.Ask();
        var follow = Room.Calls(nameof(IChatroomGrain.Follow));
        var events = await SseReader.AttachAsync(_user, "1-0");
        await follow.WaitUntilBegun();

        await events.DisposeAsync();

        await follow.WaitUntilCanceled();
        await Room.Say("Hello");
        await Room.End(MessageStatus.Completed);
        Assert.Equal("completed", (await (await _user.Client.GetAsync($"{_user.MessagesPath}/2")).ReadJsonAsync()).Text("status"));
    }
}

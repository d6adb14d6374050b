using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Tests.Chatrooms;

/// <summary>A stream of a reply begins after the cursor that the client sends.</summary>
public sealed class EventStreamCursorTests(GatewayFixture gateway) : IAsyncLifetime
{
    private ApiUser _user = null!;

    private RoomDriver Room => _user.Room;

    public async ValueTask InitializeAsync() => _user = await gateway.NewUserWithRoom();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Attaching_without_a_cursor_begins_with_accepted_and_the_queue_position()
    {
        await Room.Ask("one");
        await Room.Ask("two");

        await using var events = await SseReader.AttachAsync(_user);

        var accepted = await events.ExpectAsync("accepted", "1-0");
        Assert.Equal("two", accepted.GetProperty("message").Text("content"));
        Assert.Equal(4, accepted.GetProperty("reply").GetProperty("id").GetInt64());
        Assert.Equal(1, accepted.GetProperty("position").GetInt32());
    }

    [Theory]
    [InlineData("1-2", "llo")]
    [InlineData("1-0", "Hello")]
    public async Task Resuming_sends_only_events_after_the_last_event_id(string lastEventId, string text)
    {
        await Room.Ask();
        await Room.Say("Hello");

        await using var events = await SseReader.AttachAsync(_user, lastEventId);

        await events.ExpectTokenAsync(text, "1-5");
    }

    [Fact]
    public async Task Resuming_without_new_text_gets_response_headers_at_once()
    {
        await Room.Ask();
        await Room.Say("Hello");

        await using var events = await SseReader.AttachAsync(_user, "1-5");
        await Room.Say("!");

        await events.ExpectTokenAsync("!", "1-6");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1-5-ende")]
    [InlineData("1-4-end")]
    [InlineData("-1-5")]
    public async Task A_malformed_last_event_id_reads_from_the_start(string lastEventId)
    {
        await Room.Ask();
        await Room.Say("Hello");
        await Room.End(MessageStatus.Completed);

        await using var events = await SseReader.AttachAsync(_user, lastEventId);

        await events.ExpectAsync("accepted", "1-0");
        await events.ExpectTokenAsync("Hello", "1-5");
        await events.ExpectAsync("done", "1-5-end");
    }

    [Fact]
    public async Task A_cursor_at_the_end_of_a_finished_reply_gets_204()
    {
        await Room.Ask();
        await Room.Say("Hello");
        var early = await SseReader.SendAsync(_user, "1-5-end");
        Assert.Equal(HttpStatusCode.OK, early.StatusCode);
        early.Dispose();

        await Room.End(MessageStatus.Completed);

        Assert.Equal(HttpStatusCode.NoContent, (await SseReader.SendAsync(_user, "1-5-end")).StatusCode);
        await using var events = await SseReader.AttachAsync(_user, "1-5");
        await events.ExpectAsync("done", "1-5-end");
    }

    [Fact]
    public async Task A_new_attempt_resets_the_text()
    {
        await Room.Ask();
        await Room.Say("Hello");
        await using var events = await SseReader.AttachAsync(_user, "1-0");
        await events.ExpectTokenAsync("Hello", "1-5");

        await Room.Restart();

        Assert.Equal(2, (await events.ExpectAsync("reset", "2-0")).GetProperty("attempt").GetInt32());
        await Room.Say("Good day");
        await events.ExpectTokenAsync("Good day", "2-8");
        await Room.End(MessageStatus.Completed);
        await events.ExpectAsync("done", "2-8-end");
    }

    [Theory]
    [InlineData("1-3")]
    [InlineData("2-99")]
    [InlineData("7-0")]
    public async Task A_cursor_that_does_not_match_gets_reset_and_the_whole_text(string lastEventId)
    {
        await Room.Ask();
        await Room.Restart();
        await Room.Say("Hello");

        await using var events = await SseReader.AttachAsync(_user, lastEventId);

        await events.ExpectAsync("reset", "2-0");
        await events.ExpectTokenAsync("Hello", "2-5");
    }
}

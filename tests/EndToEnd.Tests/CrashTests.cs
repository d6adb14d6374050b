using System.Net;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>What is accepted is answered, once, whatever happens to the process.</summary>
[Collection<SharedGateway>]
public sealed class CrashTests(GatewayFixture fixture) : GatewayTests(fixture)
{
    private const int Rooms = 20;

    [Fact]
    public async Task After_kill_9_every_accepted_message_is_stored_once_and_answered_once_without_a_client()
    {
        Gemini.ReplyAlways(Script.Chunks("half an ans").Then(Script.Silence()));
        var user = await ChatUser.SignIn(Gateway.Http);
        var rooms = await Task.WhenAll(Enumerable.Range(0, Rooms).Select(i => user.NewRoom($"room {i}")));
        await Task.WhenAll(rooms.SelectMany(room => Enumerable.Range(0, 3).Select(i => user.Post(room, $"{room} {i}"))));
        await Gemini.Calls.WaitForRunning(Rooms);
        await Gateway.Kill();

        await Gemini.Calls.WaitUntilIdle();
        Gemini.ReplyWith(request => Script.Words($"re {request.LastText}"));
        await Gateway.Restart();

        // Nobody asks for anything: the process itself takes up what is owed.
        await WaitForCalls(Rooms + (3 * Rooms));
        await Gemini.Calls.WaitUntilIdle();
        foreach (var room in rooms)
        {
            await user.WaitForReply(room, 6);
            var messages = (await user.Get($"/chatroom/{room}")).GetProperty("messages").EnumerateArray().ToList();
            Assert.Equal(6, messages.Count);
            var asked = Asked(messages);
            Assert.Equal(Enumerable.Range(0, 3).Select(i => $"{room} {i}"), asked.Order());
            Assert.Equal(asked.Select(text => $"re {text}"), Answers(messages).Select(SseTestExtensions.Content));
            Assert.All(Answers(messages), answer => Assert.Equal("completed", answer.Status()));
        }

        Assert.Equal(4 * Rooms, Calls.Count);
        Assert.Equal(1, Calls.Max(call => Gemini.Calls.MaxConcurrentIn(call.FirstText)));
    }

    [Fact]
    public async Task A_post_repeated_after_a_crash_returns_the_same_turn()
    {
        Gemini.ReplyAlways(Script.Silence());
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();
        var first = await user.Post(room, "once", "the-key");
        await Gateway.Kill();

        Gemini.ReplyAlways(Script.Words("yes"));
        await Gateway.Restart();
        var repeated = await user.Post(room, "once", "the-key");
        Assert.Equal(first.GetProperty("reply").Id(), repeated.GetProperty("reply").Id());
        Assert.Equal("yes", (await user.WaitForReply(room, 2)).Content());
        Assert.Equal(2, (await user.Get($"/chatroom/{room}")).GetProperty("messages").GetArrayLength());
    }

    [Fact]
    public async Task At_SIGTERM_readers_are_told_to_reconnect_and_running_turns_finish_or_resume_after_the_restart()
    {
        const int Streams = 50;
        var holds = new System.Collections.Concurrent.ConcurrentBag<ControlledReply>();
        Gemini.ReplyWith(_ =>
        {
            var hold = new ControlledReply();
            holds.Add(hold);
            return hold.Script;
        });
        var user = await ChatUser.SignIn(Gateway.Http);
        var rooms = await Task.WhenAll(Enumerable.Range(0, Streams).Select(i => user.NewRoom($"room {i}")));
        var readers = rooms.Select(room => user.Ask(room, $"hello {room}")).ToList();
        await Gemini.Calls.WaitForRunning(Streams);
        await Task.WhenAll(holds.Select(hold => hold.SendText("so far")));

        Gateway.Terminate();
        var streams = await Task.WhenAll(readers);
        Assert.All(streams, events => Assert.Equal("reconnect", events[^1].EventType));

        // While turns are at work the process still answers, and sends new work away.
        using var ready = await user.Send(HttpMethod.Get, "/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        using var post = await user.Send(HttpMethod.Post, $"/chatroom/{rooms[0]}/message", new { content = "more" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, post.StatusCode);
        using var live = await user.Send(HttpMethod.Get, "/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);

        // Half of the turns come to their ends in time.
        await Task.WhenAll(holds.Take(Streams / 2).Select(async hold =>
        {
            await hold.SendText(" and on");
            await hold.Finish();
        }));
        Assert.Equal(0, await Gateway.WaitForExit());

        await Gemini.Calls.WaitUntilIdle();
        Gemini.ReplyWith(request => Script.Words($"re {request.LastText}"));
        await Gateway.Restart();
        var ends = await Task.WhenAll(rooms.Select(room => user.WaitForReply(room, 2)));
        Assert.All(ends, end => Assert.Equal("completed", end.Status()));
        var finished = ends.Count(end => end.Content() == "so far and on");
        var takenUp = ends.Count(end => end.Content().StartsWith("re hello ", StringComparison.Ordinal));

        // On a slow machine not all that could have finished in time did.
        Assert.InRange(finished, 1, Streams / 2);
        Assert.Equal(Streams, finished + takenUp);
        Assert.Equal(Streams + takenUp, Calls.Count);
    }

    [Fact]
    public async Task At_SIGTERM_a_slow_upload_delays_no_turn()
    {
        var hold = new ControlledReply();
        Gemini.EnqueueReplies(hold.Script);
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();
        await user.Post(room, "hello");
        await hold.SendText("so far");
        using var upload = await SlowUpload.Begin(Gateway.Address, $"/chatroom/{room}/message", user.Token);

        Gateway.Terminate();
        var answer = await upload.WaitForResponse();
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.False(Gateway.HasExited);

        // The turn has its own time, whatever the web server waits for.
        await hold.SendText(" and on");
        await hold.Finish();
        Assert.Equal(0, await Gateway.WaitForExit());
        Assert.DoesNotContain("non-graceful", Gateway.Output, StringComparison.OrdinalIgnoreCase);
        await Gateway.Restart();
        Assert.Equal("so far and on", (await user.WaitForReply(room, 2)).Content());
        Assert.Single(Calls);
    }

    [Fact]
    public async Task At_SIGTERM_a_slow_upload_and_an_endless_turn_do_not_keep_the_process_alive()
    {
        Gemini.ReplyAlways(Script.Chunks("so far").Then(Script.Silence()));
        var user = await ChatUser.SignIn(Gateway.Http);
        var room = await user.NewRoom();
        await user.Post(room, "hello");
        await Gemini.Calls.WaitForRunning(1);
        using var upload = await SlowUpload.Begin(Gateway.Address, "/auth/send-otp", user.Token);

        Gateway.Terminate();

        // The host's own time is 30 s; what it has to cut then is told of, and the exit is not graceful.
        Assert.Equal(0, await Gateway.WaitForExit());
        Assert.DoesNotContain("non-graceful", Gateway.Output, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("HTTP/1.1 503 ", await upload.WaitForResponse(), StringComparison.Ordinal);

        Gemini.ReplyAlways(Script.Words("to the end"));
        await Gateway.Restart();
        Assert.Equal("to the end", (await user.WaitForReply(room, 2)).Content());
    }

    private static List<string> Asked(List<JsonElement> messages) =>
        [.. messages.Where(message => message.GetProperty("sender").GetString() == "user").Select(SseTestExtensions.Content)];

    private static List<JsonElement> Answers(List<JsonElement> messages) =>
        [.. messages.Where(message => message.GetProperty("sender").GetString() == "ai").OrderBy(message => message.GetProperty("reply_to").GetInt64())];
}

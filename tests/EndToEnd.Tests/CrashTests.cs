using System.Net;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>What is accepted is answered, once, whatever happens to the process.</summary>
public sealed class CrashTests : IAsyncLifetime
{
    private const int Rooms = 20;

    private readonly TemporaryFolder _folder = new();
    private FakeGemini _gemini = null!;

    public async ValueTask InitializeAsync() =>
        _gemini = await FakeGemini.Start(new FakeGeminiOptions { Conversation = request => request.FirstText });

    public async ValueTask DisposeAsync()
    {
        await _gemini.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task After_kill_9_every_accepted_message_is_stored_once_and_answered_once_without_a_client()
    {
        _gemini.ReplyAlways(Script.Chunks("half an ans").Then(Script.Silence()));
        ChatUser user;
        string[] rooms;
        await using (var gateway = await Start())
        {
            user = await ChatUser.SignIn(gateway.Http);
            rooms = await Task.WhenAll(Enumerable.Range(0, Rooms).Select(i => user.NewRoom($"room {i}")));
            await Task.WhenAll(rooms.SelectMany(room => Enumerable.Range(0, 3).Select(i => user.Post(room, $"{room} {i}"))));
            await _gemini.Calls.WaitForRunning(Rooms);
            await gateway.Kill();
        }

        await _gemini.Calls.WaitUntilIdle();
        _gemini.ReplyWith(request => Script.Words($"re {request.LastText}"));
        await using var restarted = await Start();

        // Nobody asks for anything: the process itself takes up what is owed.
        await _gemini.Calls.WaitForCalls(Rooms + (3 * Rooms), TimeSpan.FromSeconds(60));
        await _gemini.Calls.WaitUntilIdle();
        var again = user.Through(restarted.Http);
        foreach (var room in rooms)
        {
            await again.WaitForReply(room, 6);
            var messages = (await again.Get($"/chatroom/{room}")).GetProperty("messages").EnumerateArray().ToList();
            Assert.Equal(6, messages.Count);
            var asked = Asked(messages);
            Assert.Equal(Enumerable.Range(0, 3).Select(i => $"{room} {i}"), asked.Order());
            Assert.Equal(asked.Select(text => $"re {text}"), Answers(messages).Select(SseTestExtensions.Content));
            Assert.All(Answers(messages), answer => Assert.Equal("completed", answer.Status()));
        }

        Assert.Equal(4 * Rooms, _gemini.Calls.Total);
        Assert.Equal(1, _gemini.Calls.MaxConcurrentInAny());
    }

    [Fact]
    public async Task A_post_repeated_after_a_crash_returns_the_same_turn()
    {
        _gemini.ReplyAlways(Script.Silence());
        ChatUser user;
        string room;
        JsonElement first;
        await using (var gateway = await Start())
        {
            user = await ChatUser.SignIn(gateway.Http);
            room = await user.NewRoom();
            first = await user.Post(room, "once", "the-key");
            await gateway.Kill();
        }

        _gemini.ReplyAlways(Script.Words("yes"));
        await using var restarted = await Start();
        var again = user.Through(restarted.Http);
        var repeated = await again.Post(room, "once", "the-key");
        Assert.Equal(first.GetProperty("reply").Id(), repeated.GetProperty("reply").Id());
        Assert.Equal("yes", (await again.WaitForReply(room, 2)).Content());
        Assert.Equal(2, (await again.Get($"/chatroom/{room}")).GetProperty("messages").GetArrayLength());
    }

    [Fact]
    public async Task At_SIGTERM_readers_are_told_to_reconnect_and_running_turns_finish_or_resume_after_the_restart()
    {
        const int Streams = 50;
        var holds = new System.Collections.Concurrent.ConcurrentBag<ControlledReply>();
        _gemini.ReplyWith(_ =>
        {
            var hold = new ControlledReply();
            holds.Add(hold);
            return hold.Script;
        });
        ChatUser user;
        string[] rooms;
        await using (var gateway = await Start())
        {
            user = await ChatUser.SignIn(gateway.Http);
            rooms = await Task.WhenAll(Enumerable.Range(0, Streams).Select(i => user.NewRoom($"room {i}")));
            var readers = rooms.Select(room => user.Ask(room, $"hello {room}")).ToList();
            await _gemini.Calls.WaitForRunning(Streams);
            await Task.WhenAll(holds.Select(hold => hold.SendText("so far")));

            gateway.Terminate();
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
            Assert.Equal(0, await gateway.WaitForExit());
        }

        await _gemini.Calls.WaitUntilIdle();
        _gemini.ReplyWith(request => Script.Words($"re {request.LastText}"));
        await using var restarted = await Start();
        var again = user.Through(restarted.Http);
        var ends = await Task.WhenAll(rooms.Select(room => again.WaitForReply(room, 2)));
        Assert.All(ends, end => Assert.Equal("completed", end.Status()));
        var finished = ends.Count(end => end.Content() == "so far and on");
        var takenUp = ends.Count(end => end.Content().StartsWith("re hello ", StringComparison.Ordinal));

        // On a slow machine not all that could have finished in time did.
        Assert.InRange(finished, 1, Streams / 2);
        Assert.Equal(Streams, finished + takenUp);
        Assert.Equal(Streams + takenUp, _gemini.Calls.Total);
    }

    [Fact]
    public async Task At_SIGTERM_a_slow_upload_delays_no_turn()
    {
        var hold = new ControlledReply();
        _gemini.EnqueueReplies(hold.Script);
        await using var gateway = await Start();
        var user = await ChatUser.SignIn(gateway.Http);
        var room = await user.NewRoom();
        await user.Post(room, "hello");
        await hold.SendText("so far");
        using var upload = await SlowUpload.Begin(gateway.Address, $"/chatroom/{room}/message", user.Token);

        gateway.Terminate();
        var answer = await upload.WaitForResponse();
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.False(gateway.HasExited);

        // The turn has its own time, whatever the web server waits for.
        await hold.SendText(" and on");
        await hold.Finish();
        Assert.Equal(0, await gateway.WaitForExit());
        Assert.DoesNotContain("non-graceful", gateway.Output, StringComparison.OrdinalIgnoreCase);
        await using var restarted = await Start();
        Assert.Equal("so far and on", (await user.Through(restarted.Http).WaitForReply(room, 2)).Content());
        Assert.Equal(1, _gemini.Calls.Total);
    }

    [Fact]
    public async Task At_SIGTERM_a_slow_upload_and_an_endless_turn_do_not_keep_the_process_alive()
    {
        _gemini.ReplyAlways(Script.Chunks("so far").Then(Script.Silence()));
        await using var gateway = await Start();
        var user = await ChatUser.SignIn(gateway.Http);
        await user.Post(await user.NewRoom(), "hello");
        await _gemini.Calls.WaitForRunning(1);
        using var upload = await SlowUpload.Begin(gateway.Address, "/auth/send-otp", user.Token);

        gateway.Terminate();

        // The host's own time is 30 s; what it has to cut then is told of, and the exit is not graceful.
        Assert.Equal(0, await gateway.WaitForExit());
        Assert.DoesNotContain("non-graceful", gateway.Output, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("HTTP/1.1 503 ", await upload.WaitForResponse(), StringComparison.Ordinal);
    }

    private Task<GatewayProcess> Start() => GatewayProcess.Start(
        _folder.Path, ("GEMINI_API_KEY", FakeGemini.Key), ("GEMINI_BASE_URL", _gemini.BaseUrl));

    private static List<string> Asked(List<JsonElement> messages) =>
        [.. messages.Where(message => message.GetProperty("sender").GetString() == "user").Select(SseTestExtensions.Content)];

    private static List<JsonElement> Answers(List<JsonElement> messages) =>
        [.. messages.Where(message => message.GetProperty("sender").GetString() == "ai").OrderBy(message => message.GetProperty("reply_to").GetInt64())];
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.Versioning;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>What is accepted is answered, once, whatever happens to the process.</summary>
[Collection<SharedKilledGateway>]
[UnsupportedOSPlatform("windows")]
public sealed class CrashTests(KilledGateway killed) : GatewayTests(killed)
{
    private ChatUser User => killed.User;

    [Fact]
    public async Task After_kill_9_every_accepted_message_is_stored_once_and_answered_once_without_a_client()
    {
        foreach (var room in killed.BusyRooms)
        {
            await User.WaitForReply(room, 2 * KilledGateway.PostsOfARoom);
            var messages = await Messages(room);
            Assert.Equal(2 * KilledGateway.PostsOfARoom, messages.Count);
            var asked = Asked(messages);
            Assert.Equal(Enumerable.Range(0, KilledGateway.PostsOfARoom).Select(i => $"{room} {i}"), asked.Order());
            Assert.Equal(asked.Select(text => $"re {text}"), Answers(messages).Select(SseTestExtensions.Content));
            Assert.All(Answers(messages), answer => Assert.Equal("completed", answer.Status()));

            // One call was broken off by the crash.
            var calls = CallsOf(room);
            Assert.Equal(1 + KilledGateway.PostsOfARoom, calls.Count);
            Assert.Equal(1, Gemini.Calls.MaxConcurrentIn(calls[0].FirstText));
        }
    }

    [Fact]
    public async Task A_post_repeated_after_a_crash_returns_the_same_turn()
    {
        var (room, first) = killed.KeyedPost;
        var repeated = await User.Post(room, "once", KilledGateway.Key);
        Assert.Equal(first.GetProperty("reply").Id(), repeated.GetProperty("reply").Id());
        Assert.Equal("re once", (await User.WaitForReply(room, 2)).Content());
        Assert.Equal(2, (await Messages(room)).Count);
    }

    [Fact]
    public async Task A_stream_repeated_with_its_key_after_a_crash_continues_after_its_last_event()
    {
        var (room, lastId) = killed.BrokenStream;
        var path = $"/chatroom/{room}/message";
        List<IAsyncEnumerable<SseItem<string>>> again =
        [
            User.Stream(HttpMethod.Post, $"{path}/stream", new { content = "streamed" }, lastId, KilledGateway.Key),
            User.Stream(HttpMethod.Get, $"{path}/2/stream", lastEventId: lastId),
        ];
        foreach (var stream in again)
        {
            var events = new List<SseItem<string>>();
            await foreach (var item in stream)
            {
                events.Add(item);
            }

            Assert.Equal(("reset", "re streamed", "done"), (events[0].EventType, events.Text(), events[^1].EventType));
        }

        Assert.Equal(2, (await Messages(room)).Count);
    }

    [Fact]
    public async Task A_stopped_reply_is_the_same_after_kill_9()
    {
        var (room, receipt) = killed.StoppedReply;
        Assert.Equal("up to here", JsonElement.Parse(receipt).Content());
        using var again = await User.Send(HttpMethod.Post, $"/chatroom/{room}/message/2/stop");
        Assert.Equal(receipt, await again.Content.ReadAsStringAsync());
        Assert.Equal(receipt, (await User.Get($"/chatroom/{room}/message/2")).GetRawText());
        Assert.Single(CallsOf("stopped"));
    }

    [Fact]
    public async Task A_share_ended_before_kill_9_stays_ended_and_another_one_goes_on()
    {
        foreach (var path in new[] { "s", "shared" })
        {
            using var ended = await Gateway.Http.GetAsync($"/{path}/{killed.ShareTokens.Ended}");
            Assert.Equal(HttpStatusCode.NotFound, ended.StatusCode);
            using var goesOn = await Gateway.Http.GetAsync($"/{path}/{killed.ShareTokens.GoesOn}");
            Assert.Contains("up to here", await goesOn.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var repeated = await User.Send(
            HttpMethod.Post, $"/chatroom/{killed.StoppedReply.Room}/shares", body: null, ("Idempotency-Key", KilledGateway.Key));
        Assert.Equal(HttpStatusCode.Gone, repeated.StatusCode);
    }

    [Fact]
    public async Task A_room_deleted_during_a_reply_is_absent_even_after_kill_9()
    {
        var (user, room) = killed.Deleted;
        Assert.Empty((await user.Get("/chatroom")).EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, (await user.Send(HttpMethod.Get, $"/chatroom/{room}")).StatusCode);
        using var recreated = await user.Send(HttpMethod.Post, "/chatroom", new { name = "room" }, ("Idempotency-Key", KilledGateway.Key));
        Assert.Equal(HttpStatusCode.Gone, recreated.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await user.Send(HttpMethod.Delete, $"/chatroom/{room}")).StatusCode);
        Assert.Single(CallsOf($"deleted {room}"));
    }

    [Fact]
    public async Task After_kill_9_a_device_is_told_to_reload_and_gets_notices_again()
    {
        using var deadline = Deadline.Start();
        var (user, last) = killed.Device;
        await using var notices = user.Notices(last, deadline.Token);
        Assert.True(await notices.MoveNextAsync());
        Assert.Equal("reload", notices.Current.EventType);
        var room = await user.NewRoom();
        Assert.True(await notices.MoveNextAsync());
        Assert.Equal(("created", room), (notices.Current.EventType, notices.Current.Json().GetProperty("id").GetString()));
    }

    [Fact]
    public void After_the_daily_quota_is_used_up_replies_fail_without_a_call()
    {
        Assert.Equal(2, killed.RepliesWithoutQuota.Count);
        Assert.All(killed.RepliesWithoutQuota, reply => Assert.Equal(("failed", "model_quota"), (reply.Status(), reply.Reason())));
        Assert.Equal(1, killed.CallsWithoutQuota);
    }

    [Fact]
    public async Task At_SIGTERM_running_turns_finish_or_resume_after_the_restart_and_slow_uploads_delay_nothing()
    {
        var streamCount = TestLength.Of(20, 50);
        var keptRoom = await User.NewRoom("kept room");
        await User.Ask(keptRoom, "keep this");
        var kept = await User.Get($"/chatroom/{keptRoom}");
        var callsBefore = Calls.Count;
        var holds = new ConcurrentBag<ControlledReply>();
        Gemini.ReplyWith(_ =>
        {
            var hold = new ControlledReply();
            holds.Add(hold);
            return hold.Script;
        });
        var rooms = await Task.WhenAll(Enumerable.Range(0, streamCount).Select(i => User.NewRoom($"room {i}")));
        var readers = rooms.Select(room => User.Ask(room, $"hello {room}")).ToList();
        await Gemini.Calls.WaitForRunning(streamCount);
        await Task.WhenAll(holds.Select(hold => hold.SendText("so far")));
        using var post = await SlowUpload.Begin(Gateway.Address, $"/chatroom/{rooms[0]}/message", User.Token);
        using var login = await SlowUpload.Begin(Gateway.Address, "/auth/send-otp", User.Token);

        Gateway.Terminate();
        var streams = await Task.WhenAll(readers);
        Assert.All(streams, events => Assert.Equal("reconnect", events[^1].EventType));
        await AssertSendsWorkAway(rooms[0]);

        // The turns have their own time, whatever the web server waits for. Half of them come to their ends in it.
        Assert.False(Gateway.HasExited);
        await Task.WhenAll(holds.Take(streamCount / 2).Select(async hold =>
        {
            await hold.SendText(" and on");
            await hold.Finish();
        }));
        Assert.StartsWith("HTTP/1.1 503 ", await post.WaitForResponse(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 503 ", await login.WaitForResponse(), StringComparison.Ordinal);

        // The host's own time is 30 s; what it has to cut then is told of, and the exit is not graceful.
        Assert.Equal(0, await Gateway.WaitForExit());
        Assert.DoesNotContain("non-graceful", Gateway.Output, StringComparison.OrdinalIgnoreCase);

        await Gemini.Calls.WaitUntilIdle();
        Gemini.ReplyWith(request => Script.Words($"re {request.LastText}"));
        await Gateway.Restart();
        var ends = await Task.WhenAll(rooms.Select(room => User.WaitForReply(room, 2)));
        Assert.All(ends, end => Assert.Equal("completed", end.Status()));
        var finished = ends.Count(end => end.Content() == "so far and on");
        var takenUp = ends.Count(end => end.Content().StartsWith("re hello ", StringComparison.Ordinal));

        // On a slow machine not all that could have finished in time did.
        Assert.InRange(finished, 1, streamCount / 2);
        Assert.Equal(streamCount, finished + takenUp);
        Assert.Equal(streamCount + takenUp, Calls.Count - callsBefore);
        Assert.Equal(kept.ToString(), (await User.Get($"/chatroom/{keptRoom}")).ToString());
        Assert.Contains((await User.Get("/chatroom")).EnumerateArray(), room => room.GetProperty("name").GetString() == "kept room");
    }

    /// <summary>While turns are at work, the process still answers, and sends new work away.</summary>
    private async Task AssertSendsWorkAway(string room)
    {
        using var ready = await User.Send(HttpMethod.Get, "/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        using var post = await User.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "more" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, post.StatusCode);
        using var live = await User.Send(HttpMethod.Get, "/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    private async Task<List<JsonElement>> Messages(string room) =>
        [.. (await User.Get($"/chatroom/{room}")).GetProperty("messages").EnumerateArray()];

    /// <summary>The calls of the room whose first post begins like this, before the crash and after it.</summary>
    private List<RecordedRequest> CallsOf(string post) =>
        [.. Gemini.Calls.Requests.Where(call => call.FirstText.StartsWith(post, StringComparison.Ordinal))];

    private static List<string> Asked(List<JsonElement> messages) =>
        [.. messages.Where(message => message.GetProperty("sender").GetString() == "user").Select(SseTestExtensions.Content)];

    private static List<JsonElement> Answers(List<JsonElement> messages) =>
        [.. messages.Where(message => message.GetProperty("sender").GetString() == "ai").OrderBy(message => message.GetProperty("reply_to").GetInt64())];
}

using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Tests.Notices;

/// <summary>Notices from the grains to devices at two gateways.</summary>
public sealed class NoticeTests(GatewayFixture gateway)
{
    [Fact]
    public async Task Two_devices_at_two_gateways_get_the_same_notices_and_a_returning_one_resumes()
    {
        var person = await gateway.NewUser().SignUpAndVerify();
        using var elsewhere = await gateway.CreateAnonymousClientAtSecondGateway();
        var one = await Open(person);
        await using var two = await Open(person, elsewhere);
        var room = await person.NewRoom();
        var created = await one.NextAsync();
        Assert.Equal("created", created.EventType);
        await one.DisposeAsync();
        var sent = await person.Send(HttpMethod.Post, $"/chatroom/{room}/message", """{"content":"hello"}""");
        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);

        await using var back = await Open(person, elsewhere, created.EventId);
        Assert.Equal(created.Data, (await two.NextAsync()).Data);
        foreach (var expected in new[] { "queued", "generating", "finished" })
        {
            var (here, there) = (await back.NextAsync(), await two.NextAsync());
            Assert.Equal((expected, expected), (here.EventType, there.EventType));
            Assert.Equal((here.Data, here.EventId), (there.Data, there.EventId));
            Assert.Equal(room, System.Text.Json.JsonDocument.Parse(here.Data).RootElement.Text("id"));
        }
    }

    [Fact]
    public async Task A_user_gets_no_notices_of_other_users()
    {
        var person = await gateway.NewUser().SignUpAndVerify();
        var other = await gateway.NewUser().SignUpAndVerify();
        await using var events = await Open(person);
        await other.NewRoom();
        var room = await person.NewRoom();
        Assert.Contains(room, (await events.NextAsync()).Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_nobody_follows_a_reply_takes_two_calls_from_the_room_to_its_user()
    {
        var person = await gateway.NewUserWithRoom();
        var calls = person.Room.CallsOfOthers();
        for (var i = 0; i < 3; i++)
        {
            await person.Room.AskAndAnswer("hello", "hello to you");
        }

        // The answer to this waits for all calls before it.
        var renamed = await person.Send(HttpMethod.Patch, $"/chatroom/{person.RoomId}", """{"name":"other"}""");
        Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
        Assert.Equal(Enumerable.Repeat(nameof(IUserGrain.RoomChanged), (3 * 2) + 1), calls);
    }

    [Fact]
    public async Task A_notice_whose_call_failed_is_replaced_by_reload_and_the_next_ones_follow_in_order()
    {
        var person = await gateway.NewUserWithRoom();
        await using var events = await Open(person);
        person.Calls(nameof(IUserGrain.RoomChanged)).Throw(new TimeoutException());
        await person.Room.AskAndAnswer("hello", "hello to you");
        foreach (var expected in new[] { "reload", "generating", "finished" })
        {
            Assert.Equal(expected, (await events.NextAsync()).EventType);
        }
    }

    [Fact]
    public async Task Logging_out_ends_the_stream()
    {
        var person = await gateway.NewUser().SignUpAndVerify();
        await using var events = await Open(person);
        Assert.Equal(HttpStatusCode.NoContent, (await person.Send(HttpMethod.Post, "/auth/logout")).StatusCode);
        Assert.Equal("error", (await events.NextAsync()).EventType);
        await events.ExpectEndAsync();
    }

    private static async Task<SseReader> Open(ApiUser person, HttpClient? at = null, string? lastEventId = null)
    {
        var response = await person.Send(HttpMethod.Get, "/events", at: at, lastEventId: lastEventId);
        return lastEventId is null ? await SseReader.OpenNoticesAsync(response) : await SseReader.OpenAsync(response);
    }
}

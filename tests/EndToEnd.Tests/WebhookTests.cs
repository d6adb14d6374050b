using System.Net;
using Microsoft.AspNetCore.Http;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A gateway that sends webhooks.</summary>
public sealed class WebhookGateway : GatewayFixture
{
    internal FakeWebhookReceiver Receiver { get; private set; } = null!;

    protected override (string Name, string Value)[] Settings => Receiver.Settings;

    public override async ValueTask InitializeAsync()
    {
        Receiver = await FakeWebhookReceiver.Start();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Receiver.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Webhooks of the program as it is run, and after kill -9.</summary>
public sealed class WebhookTests(WebhookGateway gateway) : GatewayTests(gateway), IClassFixture<WebhookGateway>
{
    private FakeWebhookReceiver Receiver => gateway.Receiver;

    [Fact]
    public async Task A_user_s_life_is_told_in_events()
    {
        Receiver.Answer = (_, response) => FakeWebhookReceiver.Status(response, StatusCodes.Status200OK);
        var user = await ChatUser.SignIn(Gateway.Http);
        var id = (await user.Get("/user/me")).GetProperty("id").GetString()!;
        var room = await user.NewRoom();
        await user.Ask(room, "hello");
        using var rated = await user.Send(HttpMethod.Put, $"/chatroom/{room}/message/2/feedback", new { rating = "up" });
        Assert.Equal(HttpStatusCode.OK, rated.StatusCode);
        using var deleted = await user.Send(HttpMethod.Delete, $"/chatroom/{room}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        var events = (await Receiver.WaitUntil(seen => seen.Count(one => IsOf(one, id)) == 4)).Where(one => IsOf(one, id)).ToList();

        Assert.Contains(events, one => one.Type == "user.created" && one.OrderingKey == id);
        Assert.Equal(["reply.finished", "feedback.given", "room.deleted"], events.Where(one => one.OrderingKey == room).Select(one => one.Type));
    }

    [Fact]
    public async Task Events_survive_kill_9_and_arrive_in_order()
    {
        const int Rooms = 10;
        const int Turns = 3;
        Receiver.Answer = (_, response) => Receiver.Hang(response);
        var user = await ChatUser.SignIn(Gateway.Http);
        var rooms = await Task.WhenAll(Enumerable.Range(0, Rooms).Select(_ => user.NewRoom()));
        for (var turn = 0; turn < Turns; turn++)
        {
            await Task.WhenAll(rooms.Select(room => user.Ask(room, "hello")));
        }

        await Receiver.WaitUntil(seen => seen.Any(one => rooms.Contains(one.OrderingKey)));
        await Gateway.Kill();
        Receiver.Answer = (_, response) => FakeWebhookReceiver.Status(response, StatusCodes.Status200OK);
        await Gateway.Restart();

        bool AllAreThere(IReadOnlyList<ReceivedWebhook> seen) => rooms.All(room => seen.Any(one => one.OrderingKey == room && one.Reply == 2 * Turns));
        var received = await Receiver.WaitUntil(AllAreThere);
        Assert.All(rooms, room => Assert.Equal([2, 4, 6], received.Where(one => one.OrderingKey == room).Select(one => one.Reply).Distinct()));
        Assert.All(received.GroupBy(one => (one.OrderingKey, one.Body)), same => Assert.Single(same.Select(one => one.Id).Distinct()));
    }

    private static bool IsOf(ReceivedWebhook received, string user) => received.Data.GetProperty("user_id").GetString() == user;
}

/// <summary>A receiver that never answers. It gets fewer and fewer events, so no other test shares it.</summary>
public sealed class SilentWebhookReceiverTests(WebhookGateway gateway) : GatewayTests(gateway), IClassFixture<WebhookGateway>
{
    [Fact]
    public async Task No_turn_waits_for_a_silent_receiver()
    {
        const int Rooms = 30;
        gateway.Receiver.Answer = (_, response) => gateway.Receiver.Hang(response);
        var user = await ChatUser.SignIn(Gateway.Http);
        var rooms = await Task.WhenAll(Enumerable.Range(0, Rooms).Select(_ => user.NewRoom()));

        foreach (var _ in new[] { 1, 2 })
        {
            var replies = await Task.WhenAll(rooms.Select(room => user.Ask(room, "hello")));
            Assert.All(replies, reply => Assert.Equal("done", reply[^1].EventType));
        }

        Assert.Equal(2 * Rooms, Calls.Count);
        Assert.InRange(gateway.Receiver.MostOpen, 0, 16);
    }
}

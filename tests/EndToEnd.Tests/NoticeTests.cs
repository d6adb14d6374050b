using System.Net.ServerSentEvents;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>What one device does, another one is told of by the running program.</summary>
[Collection<SharedGateway>]
public sealed class NoticeTests(GatewayFixture fixture) : GatewayTests(fixture)
{
    [Fact]
    public async Task Notices_reach_another_device_in_order()
    {
        using var deadline = Deadline.Start();
        var user = await ChatUser.SignIn(Gateway.Http);

        // An id that was never given: its holder is told to reload at once, and so knows that the stream is open.
        await using var events = user.Notices("0-0", deadline.Token);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("reload", events.Current.EventType);
        var room = await user.NewRoom();
        await user.Ask(room, "hello");
        foreach (var expected in new[] { "created", "queued", "generating", "finished" })
        {
            Assert.True(await events.MoveNextAsync());
            Assert.Equal((expected, room), (events.Current.EventType, RoomOf(events.Current)));
        }

        Assert.Equal("completed", events.Current.Json().Status());
    }

    private static string RoomOf(SseItem<string> item) => item.Json().GetProperty("id").GetString()!;
}

using System.Net.ServerSentEvents;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>What one device does, another one is told of by the running program.</summary>
[Collection<SharedGateway>]
public sealed class NoticeTests(GatewayFixture fixture) : GatewayTests(fixture)
{
    /// <summary>An id that was never given: its holder is told to reload at once, and so knows that the stream is open.</summary>
    private const string Nowhere = "0-0";

    [Fact]
    public async Task Notices_reach_another_device_in_order_and_after_kill_9_it_is_told_to_reload()
    {
        using var deadline = Deadline.Start();
        var user = await ChatUser.SignIn(Gateway.Http);
        await using var events = Open(user, Nowhere, deadline.Token);
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
        var last = events.Current.EventId!;
        await Gateway.Kill();

        await Gateway.Restart();
        await using var later = Open(user, last, deadline.Token);
        Assert.True(await later.MoveNextAsync());
        Assert.Equal("reload", later.Current.EventType);
        var another = await user.NewRoom();
        Assert.True(await later.MoveNextAsync());
        Assert.Equal(("created", another), (later.Current.EventType, RoomOf(later.Current)));
    }

    private static string RoomOf(SseItem<string> item) => item.Json().GetProperty("id").GetString()!;

    private static IAsyncEnumerator<SseItem<string>> Open(ChatUser user, string? lastEventId, CancellationToken cancellationToken) =>
        user.Stream(HttpMethod.Get, "/events", lastEventId: lastEventId, cancellationToken: cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
}

using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Tests.OpenApi;

/// <summary>The schemas of events, beside the events that are really sent.</summary>
public sealed class EventSchemaTests(GatewayFixture gateway)
{
    [Fact]
    public async Task The_events_of_a_reply_fit_their_schema()
    {
        var document = await ApiDocument.ReadAsync(gateway.CreateAnonymousClient());
        var user = await gateway.NewUserWithRoom();
        await user.Room.Ask();
        await using (var events = await Open(user, $"{user.MessagesPath}/2/stream"))
        {
            await Expect("accepted", events, document, "ReplyEvent");
            await user.Room.Say("Hel");
            await Expect("token", events, document, "ReplyEvent");
            await user.Room.Restart();
            await Expect("reset", events, document, "ReplyEvent");
            await user.Room.Say("Hello");
            await Expect("token", events, document, "ReplyEvent");
            await user.Room.End(MessageStatus.Completed);
            await Expect("done", events, document, "ReplyEvent");
        }

        await user.Room.Ask("And?");
        await using var failing = await Open(user, $"{user.MessagesPath}/{user.Room.Reply}/stream");
        await Expect("accepted", failing, document, "ReplyEvent");
        await user.Room.End(MessageStatus.Failed, EndReasons.ModelUnavailable);
        await Expect("failed", failing, document, "ReplyEvent");
    }

    [Fact]
    public async Task The_notices_fit_their_schema()
    {
        var document = await ApiDocument.ReadAsync(gateway.CreateAnonymousClient());
        var user = await gateway.NewUserWithRoom();
        var now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var room = new RoomSummary(user.RoomId, "Sky", now, now, Version: 3, IsPinned: true);
        await user.BeginNotices();
        await using var events = await Open(user, "/events");
        await Expect("connected", events, document, "NoticeEvent");
        await user.Notify(
            new Notice.RoomCreated(room),
            new Notice.RoomRenamed(room),
            new Notice.RoomUpdated(room, 2),
            new Notice.ReplyQueued(room.Id, 5, now, 2, 1),
            new Notice.ReplyGenerating(room.Id, 2),
            new Notice.ReplyFinished(room.Id, 6, now, 2, MessageStatus.Incomplete),
            new Notice.RoomDeleted(room.Id),
            new Notice.TierChanged(Tier.Pro),
            new Notice.Reload());

        foreach (var type in new[] { "created", "renamed", "updated", "queued", "generating", "finished", "deleted", "tier", "reload" })
        {
            await Expect(type, events, document, "NoticeEvent");
        }
    }

    [Fact]
    public void Every_event_of_a_reply_is_in_the_description_of_its_routes() => Assert.All(
        ReplyEvents.Events.Events, one => Assert.Contains($"| `{one.Type}` |", ReplyEvents.StreamRouteDescription, StringComparison.Ordinal));

    private static async Task<SseReader> Open(ApiUser user, string path) =>
        await SseReader.OpenAsync(await user.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead));

    private static async Task Expect(string type, SseReader events, ApiDocument document, string schema)
    {
        var item = await events.NextAsync();
        Assert.Equal(type, item.EventType);
        document.AssertEvent(schema, item);
    }
}

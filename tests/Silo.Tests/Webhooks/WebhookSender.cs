using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Tests.Store;
using GeminiChat.Silo.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace GeminiChat.Silo.Tests.Webhooks;

/// <summary>A store whose events are delivered, as in a silo, with a clock that the test sets forward.</summary>
internal sealed class WebhookSender(StoreHost host) : IAsyncDisposable
{
    public StoreHost Host => host;

    public WebhookDeliveryStore Deliveries => host.Service<WebhookDeliveryStore>();

    /// <summary>Starts a store with these receivers.</summary>
    public static async Task<WebhookSender> Start(
        TestDatabase database, TimeProvider time, bool delivers = true, params FakeWebhookReceiver[] receivers)
    {
        var settings = receivers.Index().SelectMany(one => one.Item.Settings.Select(setting =>
            new KeyValuePair<string, string?>(one.Index == 0 ? setting.Name : $"{setting.Name}_{one.Index + 1}", setting.Value)));
        return new WebhookSender(await StoreHost.Start(database.Url, clustered: database is PostgresTestDatabase, configure: builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings);
            builder.Services.AddSingleton(time);
            if (delivers)
            {
                builder.Services.AddWebhooks();
            }
            else
            {
                builder.Services.AddSingleton<WebhookDeliveryStore>();
            }
        }));
    }

    /// <summary>A room with so many finished replies: an event for each.</summary>
    public async Task<RoomKey> FinishReplies(int count, RoomKey? key = null)
    {
        var room = await host.Rooms.CreateRoomWithTurns(count, key);
        for (var i = 1; i <= count; i++)
        {
            await FinishReply(room, 2 * i);
        }

        return room;
    }

    public async Task FinishReply(RoomKey room, long reply)
    {
        var end = SampleData.Turn(reply - 1).Reply with { Content = "Yes", Status = MessageStatus.Completed };
        Assert.True(await host.Rooms.Finish(new ReplyFence(room, reply, 1), end, SampleData.Summary(room, version: reply + 100)));
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();
}

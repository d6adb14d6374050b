using GeminiChat.Silo.Maintenance;
using GeminiChat.Silo.Tests.Store;
using GeminiChat.Silo.Webhooks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GeminiChat.Silo.Tests.Webhooks;

public sealed class WebhookExpiryOnSqliteTests(SqliteTestDatabase database) : WebhookExpiryTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class WebhookExpiryOnPostgresTests(PostgresTestDatabase database) : WebhookExpiryTests(database), IClassFixture<PostgresTestDatabase>;

/// <summary>Events that nobody takes do not stay forever.</summary>
public abstract class WebhookExpiryTests(TestDatabase database) : IAsyncLifetime
{
    private readonly AdjustableTimeProvider _time = new();

    private FakeWebhookReceiver? _receiver;

    public async ValueTask InitializeAsync()
    {
        database.SkipUnlessAvailable();
        _receiver = await FakeWebhookReceiver.Start();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_receiver is not null)
        {
            // Also after a failure: the tests share the database.
            await database.Execute("delete from webhook_deliveries");
            await _receiver.DisposeAsync();
        }
    }

    [Fact]
    public async Task Events_of_a_receiver_that_is_not_configured_any_more_are_given_up_after_three_days()
    {
        await using var sender = await WebhookSender.Start(database, _time, delivers: false, _receiver!);
        await sender.FinishReplies(3);
        _time.Advance(TimeSpan.FromHours(72));
        await sender.FinishReplies(2);
        await Expiry(sender).RemoveOld(TestContext.Current.CancellationToken);
        Assert.Equal(5, await Count());

        _time.Advance(TimeSpan.FromHours(2));
        await Expiry(sender).RemoveOld(TestContext.Current.CancellationToken);

        Assert.Equal(2, await Count());
    }

    [Fact]
    public async Task Only_the_newest_events_are_kept_when_there_are_too_many()
    {
        await using var sender = await WebhookSender.Start(database, _time, delivers: false, _receiver!);
        var room = await sender.FinishReplies(5);

        await Expiry(sender).RemoveExcess(maxPendingOfKey: 10, maxPending: 2, TestContext.Current.CancellationToken);

        Assert.Equal(2, await Count());
        var next = Assert.Single(await sender.Deliveries.ListDue(1, _time.GetUtcNow(), limit: 10));
        Assert.Equal(room.RoomId, next.OrderingKey);
        Assert.Contains("\"id\":8,", next.Payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_room_does_not_push_out_the_events_of_others()
    {
        await using var sender = await WebhookSender.Start(database, _time, delivers: false, _receiver!);
        var quiet = await sender.FinishReplies(2);
        var busy = await sender.FinishReplies(9);

        await Expiry(sender).RemoveExcess(maxPendingOfKey: 4, maxPending: 6, TestContext.Current.CancellationToken);

        Assert.Equal(6, await Count());
        var next = await sender.Deliveries.ListDue(1, _time.GetUtcNow(), limit: 10);
        Assert.Equal([quiet.RoomId, busy.RoomId], next.Select(one => one.OrderingKey));
        Assert.Contains("\"id\":2,", next[0].Payload, StringComparison.Ordinal);
        Assert.Contains("\"id\":12,", next[1].Payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silos_that_remove_at_the_same_time_leave_the_newest_events()
    {
        await using var sender = await WebhookSender.Start(database, _time, delivers: false, _receiver!);
        await sender.FinishReplies(9);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            Expiry(sender).RemoveExcess(maxPendingOfKey: 4, maxPending: 6, TestContext.Current.CancellationToken)));

        Assert.Equal(4, await Count());
    }

    private Task<long> Count() => database.Count("select count(*) from webhook_deliveries");

    private WebhookExpiry Expiry(WebhookSender sender) =>
        new(sender.Deliveries, sender.Host.Service<IOptions<WebhookDeliveryOptions>>(), _time, NullLogger<WebhookExpiry>.Instance);
}

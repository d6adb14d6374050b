using GeminiChat.Silo.Tests.Store;
using GeminiChat.Silo.Webhooks;
using Microsoft.AspNetCore.Http;

namespace GeminiChat.Silo.Tests.Webhooks;

public sealed class WebhookDeliveryOnSqliteTests(SqliteTestDatabase database) : WebhookDeliveryTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class WebhookDeliveryOnPostgresTests(PostgresTestDatabase database)
    : WebhookDeliveryTests(database), IClassFixture<PostgresTestDatabase>
{
    [Fact]
    public async Task Two_silos_deliver_each_event_once_and_in_order()
    {
        const int Rooms = 20;
        const int Replies = 5;
        await using var first = await WebhookSender.Start(Database, Time, delivers: true, Receiver);
        await using var second = await WebhookSender.Start(Database, Time, delivers: true, Receiver);
        await Task.WhenAll(Enumerable.Range(0, Rooms).Select(i => (i % 2 == 0 ? first : second).FinishReplies(Replies)));

        await Receiver.WaitFor(Rooms * Replies);
        await WaitUntilEmpty();

        var rooms = Receiver.Received.GroupBy(one => one.OrderingKey).ToList();
        Assert.Equal(Rooms, rooms.Count);
        Assert.All(rooms, room => Assert.Equal([2, 4, 6, 8, 10], room.Select(one => one.Reply)));
    }
}

/// <summary>How events get to their receivers.</summary>
public abstract class WebhookDeliveryTests(TestDatabase database) : IAsyncLifetime
{
    // A little more than the schedule with its jitter.
    private const double Late = 1.2;

    private FakeWebhookReceiver? _receiver;

    private protected FakeWebhookReceiver Receiver => _receiver!;

    private protected AdjustableTimeProvider Time { get; } = new();

    protected TestDatabase Database => database;

    public async ValueTask InitializeAsync()
    {
        database.SkipUnlessAvailable();
        _receiver = await FakeWebhookReceiver.Start();
        await using var migrated = await StoreHost.Start(database.Url);
        await database.Execute("delete from webhook_deliveries");
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await (_receiver?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task The_events_of_a_room_arrive_in_order_and_signed()
    {
        await using var sender = await Start();

        var room = await sender.FinishReplies(3);

        var received = await Receiver.WaitFor(3);
        Assert.Equal([2, 4, 6], received.Select(one => one.Reply));
        Assert.All(received, one =>
        {
            Assert.Equal(room.RoomId.ToString(), one.OrderingKey);
            Assert.Equal(("/webhooks", "application/json"), (one.Path, one.Headers["Content-Type"]));
            Assert.StartsWith("msg_", one.Id, StringComparison.Ordinal);
            var endpoint = new WebhookEndpoint(1, Receiver.Url, [Convert.FromBase64String(FakeWebhookReceiver.Secret["whsec_".Length..])]);
            var timestamp = long.Parse(one.Headers["webhook-timestamp"], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(WebhookSignature.Compute(endpoint, one.Id, timestamp, one.Body), one.Headers["webhook-signature"]);
            Assert.False(one.Headers.ContainsKey("traceparent"));
        });
        await WaitUntilEmpty();
    }

    [Fact]
    public async Task A_failed_event_holds_up_its_room_and_no_other()
    {
        string? failing = null;
        Receiver.Answer = (one, response) => FakeWebhookReceiver.Status(response, one.OrderingKey == failing ? 500 : 200);
        await using var sender = await Start();

        // The first success after a start shows that nothing waits because of an outage before it.
        await sender.FinishReplies(1);
        await Receiver.WaitFor(1);
        await WaitUntilEmpty();
        var room = SampleData.Key();
        failing = room.RoomId.ToString();
        await sender.FinishReplies(2, room);
        await Receiver.WaitFor(2);

        await sender.FinishReplies(2);
        await Receiver.WaitFor(4);
        await WaitUntil("select count(*) from webhook_deliveries where attempts = 1 and leased_until = 0", 1);
        failing = null;
        Time.Advance(TimeSpan.FromSeconds(5) * Late);

        var received = (await Receiver.WaitFor(6)).Where(one => one.OrderingKey == room.RoomId.ToString()).ToList();
        Assert.Equal([2, 2, 4], received.Select(one => one.Reply));
        Assert.Equal(received[0].Id, received[1].Id);
        Assert.Equal(received[0].Body, received[1].Body);
        Assert.NotEqual(received[0].Headers["webhook-timestamp"], received[1].Headers["webhook-timestamp"]);
        Assert.NotEqual(received[1].Id, received[2].Id);
        await WaitUntilEmpty();
    }

    [Fact]
    public async Task A_silent_receiver_has_a_limited_number_of_requests_and_holds_up_no_write_and_no_other_receiver()
    {
        await using var other = await FakeWebhookReceiver.Start();
        Receiver.Answer = (_, response) => Receiver.Hang(response);
        await using var sender = await Start(Receiver, other);

        await Task.WhenAll(Enumerable.Range(0, 2 * WebhookThrottle.MaxParallelism).Select(_ => sender.FinishReplies(2)));

        await other.WaitFor(4 * WebhookThrottle.MaxParallelism);
        await Receiver.WaitFor(WebhookThrottle.MaxParallelism);
        Assert.Equal(WebhookThrottle.MaxParallelism, Receiver.MostOpen);
    }

    [Fact]
    public async Task A_redirect_is_a_failure_and_is_not_followed()
    {
        Receiver.Answer = (_, response) =>
        {
            response.Headers.Location = new Uri(Receiver.Url, "/elsewhere").ToString();
            return FakeWebhookReceiver.Status(response, StatusCodes.Status307TemporaryRedirect);
        };
        await using var sender = await Start();
        await sender.FinishReplies(1);

        await sender.Host.Log.WaitForLine(": 307. Attempt 1;");

        Assert.Equal("/webhooks", Assert.Single(Receiver.Received).Path);
        Assert.Equal(1, await database.Count("select count(*) from webhook_deliveries"));
    }

    [Fact]
    public async Task A_receiver_that_is_gone_gets_no_more_until_the_next_start()
    {
        Receiver.Answer = (_, response) => FakeWebhookReceiver.Status(response, StatusCodes.Status410Gone);
        await using (var sender = await Start())
        {
            var room = await sender.FinishReplies(1);
            await sender.Host.Log.WaitForLine("answered 410");
            await WaitUntil("select count(*) from webhook_deliveries where attempts = 1 and leased_until = 0", 1);
            await sender.FinishReplies(1);
        }

        Assert.Single(Receiver.Received);
        Receiver.Answer = (_, response) => FakeWebhookReceiver.Status(response, StatusCodes.Status200OK);
        Time.Advance(TimeSpan.FromSeconds(5) * Late);
        await using var next = await Start();
        await Receiver.WaitFor(3);
        await WaitUntilEmpty();
    }

    [Fact]
    public async Task A_receiver_that_was_down_for_a_day_gets_all_and_in_order()
    {
        await using var other = await FakeWebhookReceiver.Start();
        Receiver.Answer = (_, response) => FakeWebhookReceiver.Status(response, StatusCodes.Status503ServiceUnavailable);
        await using var sender = await Start(Receiver, other);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => sender.FinishReplies(3)));
        await other.WaitFor(60);
        foreach (var hours in new[] { 0.1, 1, 3, 8, 12 })
        {
            var before = Receiver.Received.Count;
            Time.Advance(TimeSpan.FromHours(hours));
            await Receiver.WaitFor(before + 1);

            // The pause after a failure begins at the time of the failure.
            await WaitUntil("select count(*) from webhook_deliveries where leased_until > 0", 0);
        }

        Receiver.Answer = (_, response) => FakeWebhookReceiver.Status(response, StatusCodes.Status200OK);
        Time.Advance(TimeSpan.FromMinutes(2));
        await WaitUntilEmpty();

        var rooms = Receiver.Received.GroupBy(one => one.OrderingKey).ToList();
        Assert.Equal(20, rooms.Count);
        Assert.All(rooms, room => Assert.Equal([2, 4, 6], room.Select(one => one.Reply).Distinct()));
        Assert.Equal(60, other.Received.Count);
        Assert.Contains(sender.Host.Log.Lines, line => line.Contains("takes events again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_event_that_is_not_taken_in_three_days_is_given_up_and_the_next_ones_follow()
    {
        var isDown = true;
        Receiver.Answer = (_, response) => FakeWebhookReceiver.Status(response, isDown ? 500 : 200);
        await using var sender = await Start();
        var room = await sender.FinishReplies(1);
        await sender.Host.Log.WaitForLine("Attempt 1;");
        Time.Advance(TimeSpan.FromDays(1));
        await sender.Host.Log.WaitForLine("Attempt 2;");
        Assert.True(await sender.Host.Rooms.Delete(room, SampleData.Noon));

        Time.Advance(TimeSpan.FromDays(2));
        await sender.Host.Log.WaitForLine("is given up");
        isDown = false;
        Time.Advance(TimeSpan.FromMinutes(1));

        var received = await Receiver.WaitUntil(seen => seen[^1].Type == "room.deleted" && seen.Count >= 4);
        Assert.Equal(3, received.Count(one => one.Type == "reply.finished"));
        await WaitUntilEmpty();
    }

    [Fact]
    public async Task A_receiver_that_asks_for_time_gets_it()
    {
        Receiver.Answer = (_, response) =>
        {
            response.Headers.RetryAfter = "120";
            return FakeWebhookReceiver.Status(response, StatusCodes.Status429TooManyRequests);
        };
        await using var sender = await Start();
        var before = Time.GetUtcNow();

        await sender.FinishReplies(1);
        await sender.Host.Log.WaitForLine("Attempt 1;");

        var due = before.AddSeconds(120).ToUnixTimeMilliseconds();
        await WaitUntil($"select count(*) from webhook_deliveries where due_at >= {due} and leased_until = 0", 1);
        Receiver.Answer = (_, response) => FakeWebhookReceiver.Status(response, StatusCodes.Status200OK);
        Time.Advance(TimeSpan.FromSeconds(121));
        await Receiver.WaitFor(2);
    }

    [Fact]
    public async Task An_event_whose_sender_has_died_is_sent_by_another_one()
    {
        await using (var dead = await WebhookSender.Start(database, Time, delivers: false, Receiver))
        {
            await dead.FinishReplies(2);
            var now = Time.GetUtcNow();
            var claimed = Assert.Single(await dead.Deliveries.ListDue(1, now, limit: 10));
            Assert.True(await dead.Deliveries.Claim(claimed, now, now.AddSeconds(30)));
            Assert.False(await dead.Deliveries.Claim(claimed, now, now.AddSeconds(30)));
            Assert.Empty(await dead.Deliveries.ListDue(1, now, limit: 10));
        }

        Time.Advance(TimeSpan.FromSeconds(31));
        await using var sender = await Start();

        Assert.Equal([2, 4], (await Receiver.WaitFor(2)).Select(one => one.Reply));
        await WaitUntilEmpty();
    }

    private protected async Task WaitUntilEmpty() => await WaitUntil("select count(*) from webhook_deliveries", 0);

    private protected async Task WaitUntil(string sql, long count)
    {
        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await database.Count(sql) != count)
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    private Task<WebhookSender> Start() => Start(Receiver);

    private Task<WebhookSender> Start(params FakeWebhookReceiver[] receivers) => WebhookSender.Start(database, Time, delivers: true, receivers);
}

using System.Text.Json.Nodes;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Fakes;

namespace GeminiChat.Silo.Tests.Payments;

public sealed class StripeEventTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly Guid _user = Guid.CreateVersion7();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Events_name_customer_and_user_in_either_shape(bool isBeforeBasil)
    {
        await using var pair = await StripeTestHarness.Start(new() { IsBeforeBasil = isBeforeBasil });
        var made = await pair.Subscribe(_user);

        var read = pair.Fake.Account.Events.Select(happened => pair.Payments.ParseEvent(happened.Body)!).ToList();

        Assert.Equal(["customer.subscription.created", "invoice.paid", "checkout.session.completed"], pair.Fake.Account.Events.Select(happened => happened.Type));
        Assert.Equal(pair.Fake.Account.Events.Select(happened => happened.Id), read.Select(one => one.Id));
        Assert.All(read, one => Assert.Equal(
            (made.Customer, _user, true), (one.CustomerId, one.UserId!.Value, one.IsRelevant)));
    }

    [Fact]
    public async Task Expanded_objects_are_read_by_their_ids()
    {
        await using var pair = await StripeTestHarness.Start();
        var about = """{"id":"cs_1","object":"checkout.session","customer":{"id":"cus_1"},"subscription":{"id":"sub_1"},"client_reference_id":"nobody"}""";

        var read = pair.Payments.ParseEvent(EventOf("checkout.session.expired", about));

        Assert.Equal(("cus_1", null), (read!.CustomerId, read.UserId));
    }

    [Theory]
    [InlineData("checkout.session.async_payment_failed", true)]
    [InlineData("checkout.session.async_payment_succeeded", true)]
    [InlineData("checkout.session.completed", true)]
    [InlineData("checkout.session.expired", true)]
    [InlineData("customer.subscription.created", true)]
    [InlineData("customer.subscription.updated", true)]
    [InlineData("customer.subscription.deleted", true)]
    [InlineData("customer.subscription.paused", true)]
    [InlineData("customer.subscription.resumed", true)]
    [InlineData("customer.subscription.trial_will_end", true)]
    [InlineData("customer.subscription.pending_update_applied", true)]
    [InlineData("customer.subscription.pending_update_expired", true)]
    [InlineData("invoice.paid", true)]
    [InlineData("invoice.payment_failed", true)]
    [InlineData("invoice.payment_action_required", true)]
    [InlineData("invoice.finalization_failed", true)]
    [InlineData("invoice.upcoming", false)]
    [InlineData("invoice.created", false)]
    [InlineData("charge.refunded", false)]
    [InlineData("never.heard.of.it", false)]
    public async Task Relevant_event_types_are_recognized(string type, bool expected)
    {
        await using var pair = await StripeTestHarness.Start();

        Assert.Equal(expected, pair.Payments.ParseEvent(EventOf(type, "{}"))!.IsRelevant);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"event\"")]
    [InlineData("""{"object":"event"}""")]
    [InlineData("""{"id":"evt_1","object":"v2.core.event","type":"invoice.paid","created":1,"livemode":false,"data":{"object":{}}}""")]
    [InlineData("""{"id":"evt_1","object":"invoice","type":"invoice.paid","created":1,"livemode":false,"data":{"object":{}}}""")]
    [InlineData("""{"id":7,"object":"event","type":"invoice.paid","created":1,"livemode":false,"data":{"object":{}}}""")]
    [InlineData("""{"id":"evt_1","object":"event","created":1,"livemode":false,"data":{"object":{}}}""")]
    [InlineData("""{"id":"evt_1","object":"event","type":"invoice.paid","created":"now","livemode":false,"data":{"object":{}}}""")]
    [InlineData("""{"id":"evt_1","object":"event","type":"invoice.paid","created":99999999999999,"livemode":false,"data":{"object":{}}}""")]
    [InlineData("""{"id":"evt_1","object":"event","type":"invoice.paid","created":1,"livemode":false,"data":{}}""")]
    [InlineData("""{"id":"evt_1","object":"event","type":"invoice.paid","created":1,"livemode":false,"data":[]}""")]
    [InlineData("""{"id":"evt_\u0000","object":"event","type":"invoice.paid","created":1,"livemode":false,"data":{"object":{}}}""")]
    [InlineData("""{"id":"evt_\ud800","object":"event","type":"invoice.paid","created":1,"livemode":false,"data":{"object":{}}}""")]
    [InlineData("""{"id":"evt_1","object":"event","type":"invoice.paid","created":1,"livemode":false,"data":{"object":{"customer":"\udc00"}}}""")]
    public async Task A_body_that_is_not_an_event_gives_null(string body)
    {
        await using var pair = await StripeTestHarness.Start();

        Assert.Null(pair.Payments.ParseEvent(body));
    }

    [Fact]
    public async Task A_deeply_nested_body_gives_null()
    {
        await using var pair = await StripeTestHarness.Start();

        Assert.Null(pair.Payments.ParseEvent(new string('[', 1_000_000)));
    }

    [Theory]
    [InlineData("sk_test_1", "false", true)]
    [InlineData("sk_test_1", "true", false)]
    [InlineData("sk_test_1", "null", false)]
    [InlineData("rk_test_1", "true", false)]
    [InlineData("sk_live_1", "true", true)]
    [InlineData("sk_live_1", "false", false)]
    [InlineData("rk_live_1", "false", false)]
    [InlineData("another", "true", true)]
    [InlineData("another", "false", true)]
    [InlineData("xk_live_1", "false", true)]
    public async Task An_event_of_the_other_mode_is_ignored(string key, string isLive, bool expected)
    {
        await using var pair = await StripeTestHarness.Start(key: key);

        Assert.Equal(expected, pair.Payments.ParseEvent(EventOf("invoice.paid", "{}", isLive)) is not null);
    }

    [Fact]
    public async Task An_event_of_another_API_version_is_read_and_logged_once()
    {
        await using var pair = await StripeTestHarness.Start();

        foreach (var version in (string[])["2024-06-20", "2024-06-20", "2017-08-15", "2024-06-20"])
        {
            Assert.NotNull(pair.Payments.ParseEvent(EventOf("invoice.paid", "{}", version: version)));
        }

        Assert.NotNull(pair.Payments.ParseEvent(EventOf("invoice.paid", "{}", version: Stripe.StripeConfiguration.ApiVersion)));
        Assert.Collection(
            pair.Log.Lines,
            line => Assert.StartsWith("Warning: Stripe's events have version 2024-06-20", line, StringComparison.Ordinal),
            line => Assert.StartsWith("Warning: Stripe's events have version 2017-08-15", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Relevant_undelivered_events_since_a_time_are_listed_newest_first()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_760_000_000));
        await using var pair = await StripeTestHarness.Start(new() { Time = time });
        var old = Happen("invoice.paid");
        time.Advance(TimeSpan.FromSeconds(1));
        var since = time.GetUtcNow();
        var first = Happen("customer.subscription.updated");
        Happen("charge.refunded");
        List<FakeStripeEvent> others = [.. Enumerable.Range(0, 220).Select(_ => Happen("invoice.paid"))];
        pair.Fake.Webhooks.Target = new Uri("http://127.0.0.1:1");
        await pair.Fake.Webhooks.Send(others[0]);

        var listed = await pair.Payments.ListUndeliveredEvents(since, None).ToListAsync(None);

        Assert.Equal(Enumerable.Reverse([first.Id, .. others.Select(one => one.Id)]), listed.Select(one => one.Id));
        Assert.DoesNotContain(old.Id, listed.Select(one => one.Id));
        Assert.Equal(3, pair.Fake.Calls.Of("GET /v1/events").Count);

        FakeStripeEvent Happen(string type) => pair.Fake.Account.RaiseEvent(type, new JsonObject { ["id"] = "x" });
    }

    [Fact]
    public async Task After_an_outage_events_are_listed_from_the_start()
    {
        await using var pair = await StripeTestHarness.Start();
        pair.Fake.Account.RaiseEvent("invoice.paid", []);
        pair.Fake.EnqueueFaults(StripeFault.RateLimited());

        var failed = await Assert.ThrowsAsync<PaymentProviderException>(
            async () => await pair.Payments.ListUndeliveredEvents(DateTimeOffset.UnixEpoch, None).ToListAsync(None));

        Assert.Equal(PaymentProviderFault.Unavailable, failed.Fault);
        Assert.Single(await pair.Payments.ListUndeliveredEvents(DateTimeOffset.UnixEpoch, None).ToListAsync(None));
    }

    private static string EventOf(string type, string about, string isLive = "false", string version = "2026-10-28.endive") =>
        $$$"""{"id":"evt_1","object":"event","type":"{{{type}}}","created":1760000000,"livemode":{{{isLive}}},"api_version":"{{{version}}}","data":{"object":{{{about}}}}}""";
}

using System.Net;
using GeminiChat.Fakes;

namespace GeminiChat.Silo.Tests.Payments;

/// <summary>What the fake Stripe promises to the tests that are built on it, besides what Stripe's own client sees.</summary>
public sealed class FakeStripeTests
{
    [Fact]
    public async Task A_call_with_an_idempotency_key_in_use_is_a_conflict()
    {
        await using var pair = await StripeTestHarness.Start();
        TaskCompletionSource reached = new(), gate = new();
        pair.Fake.EnqueueFaults(StripeFault.DelayedUntil(() =>
        {
            reached.SetResult();
            return gate.Task;
        }));
        var first = Post(pair.Fake, "metadata[a]=1");
        await reached.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);

        using var second = await Post(pair.Fake, "metadata[a]=1");
        gate.SetResult();
        using var done = await first;
        using var third = await Post(pair.Fake, "metadata%5Ba%5D=1");

        Assert.Equal(
            (HttpStatusCode.Conflict, HttpStatusCode.OK, HttpStatusCode.OK),
            (second.StatusCode, done.StatusCode, third.StatusCode));
        Assert.Equal("true", Assert.Single(third.Headers.GetValues("Idempotent-Replayed")));
        Assert.Single(pair.Fake.Account.Customers);
    }

    [Theory]
    [InlineData("phone_of_a_friend=1")]
    [InlineData("metadata[a=1")]
    [InlineData("metadata[a]=1&metadata[a]=2")]
    public async Task Parameters_that_Stripe_refuses_are_refused_and_do_not_use_up_the_key(string form)
    {
        await using var pair = await StripeTestHarness.Start();

        using var refused = await Post(pair.Fake, form);
        using var taken = await Post(pair.Fake, "metadata[a]=1");

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (refused.StatusCode, taken.StatusCode));
    }

    [Fact]
    public async Task An_event_counts_as_delivered_only_after_a_2xx_response()
    {
        await using var pair = await StripeTestHarness.Start();
        var count = 0;
        Func<int, int> status = number => number % 2 == 0 ? 302 : 500;
        await using var endpoint = new TestHttpServer(http =>
        {
            http.Response.StatusCode = status(Interlocked.Increment(ref count));
            return Task.CompletedTask;
        });
        await endpoint.Start();
        pair.Fake.Webhooks.Target = new Uri(endpoint.Url);
        await pair.Subscribe(Guid.CreateVersion7());
        var events = pair.Fake.Account.Events;

        await pair.Fake.Webhooks.SendShuffled(events, new Random(1));
        Assert.DoesNotContain(events, happened => happened.IsDelivered);
        Assert.Equal(events.Count, await Listed(pair));
        status = _ => 200;
        await pair.Fake.Webhooks.Retry(pair.Fake.Account);

        Assert.All(events, happened => Assert.True(happened.IsDelivered));
        Assert.Equal(0, await Listed(pair));
        Assert.All(events, happened => Assert.Contains(pair.Fake.Webhooks.Deliveries, delivery => delivery == new WebhookDelivery(happened.Id, HttpStatusCode.OK)));
    }

    [Fact]
    public async Task A_checkout_expires_at_its_time()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var pair = await StripeTestHarness.Start(new() { Time = time });
        var open = await pair.Open(Guid.CreateVersion7());
        time.Advance(TimeSpan.FromHours(2));

        var expired = await pair.Payments.ReadCheckout(open.Id, CancellationToken.None);

        Assert.Equal(Grains.Subscriptions.CheckoutStatus.Expired, expired!.Status);
        Assert.Throws<FakeStripeError>(() => pair.Fake.Account.CompleteCheckout(open.Id));
    }

    private static async Task<int> Listed(StripeTestHarness pair) =>
        await pair.Payments.ListUndeliveredEvents(DateTimeOffset.UnixEpoch, CancellationToken.None).CountAsync(CancellationToken.None);

    private static async Task<HttpResponseMessage> Post(FakeStripe fake, string form)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, fake.BaseUrl + "/v1/customers");
        request.Content = new StringContent(form, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        request.Headers.Authorization = new("Bearer", FakeStripe.Key);
        request.Headers.Add("Idempotency-Key", "k");
        return await http.SendAsync(request);
    }
}

using System.Net;
using GeminiChat.Played;

namespace GeminiChat.Silo.Tests.Payments;

/// <summary>What the played Stripe promises to the tests that are built on it, besides what Stripe's own client sees.</summary>
public sealed class PlayedStripeTests
{
    [Fact]
    public async Task A_call_with_a_key_in_use_is_a_conflict()
    {
        await using var pair = await StripePair.Start();
        var gate = new TaskCompletionSource();
        pair.Played.Next(StripeFault.Held(gate.Task));
        var first = Post(pair.Played, "metadata[a]=1");
        await pair.Played.Calls.Begun(1);

        using var second = await Post(pair.Played, "metadata[a]=1");
        gate.SetResult();
        using var done = await first;
        using var third = await Post(pair.Played, "metadata%5Ba%5D=1");

        Assert.Equal(
            (HttpStatusCode.Conflict, HttpStatusCode.OK, HttpStatusCode.OK),
            (second.StatusCode, done.StatusCode, third.StatusCode));
        Assert.Equal("true", Assert.Single(third.Headers.GetValues("Idempotent-Replayed")));
        Assert.Single(pair.Played.Books.Customers);
    }

    [Theory]
    [InlineData("phone_of_a_friend=1")]
    [InlineData("metadata[a=1")]
    [InlineData("metadata[a]=1&metadata[a]=2")]
    public async Task Parameters_that_Stripe_would_not_take_are_refused_and_leave_the_key_unused(string form)
    {
        await using var pair = await StripePair.Start();

        using var refused = await Post(pair.Played, form);
        using var taken = await Post(pair.Played, "metadata[a]=1");

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (refused.StatusCode, taken.StatusCode));
    }

    [Fact]
    public async Task Events_are_delivered_by_an_answer_of_2xx_alone_and_tried_again_until_then()
    {
        await using var pair = await StripePair.Start();
        await using var endpoint = await PlayedEndpoint.Start();
        pair.Played.Webhooks.Target = endpoint.Address;
        await pair.Subscribe(Guid.CreateVersion7());
        var events = pair.Played.Books.Events;
        endpoint.Status = number => number % 2 == 0 ? 302 : 500;

        await pair.Played.Webhooks.SendInDisorder(events, new Random(1));
        Assert.DoesNotContain(events, happened => happened.IsDelivered);
        Assert.Equal(events.Count, await Listed(pair));
        endpoint.Status = _ => 200;
        await pair.Played.Webhooks.Retry(pair.Played.Books);

        Assert.All(events, happened => Assert.True(happened.IsDelivered));
        Assert.Equal(0, await Listed(pair));
        Assert.All(events, happened => Assert.Contains(pair.Played.Webhooks.Deliveries, delivery => delivery == new PlayedDelivery(happened.Id, HttpStatusCode.OK)));
    }

    [Fact]
    public async Task A_checkout_closes_when_its_time_is_over()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var pair = await StripePair.Start(new() { Time = time });
        var open = await pair.Open(Guid.CreateVersion7());
        time.Advance(TimeSpan.FromHours(2));

        var expired = await pair.Payments.ReadCheckout(open.Id, CancellationToken.None);

        Assert.Equal(Grains.Subscriptions.CheckoutStatus.Expired, expired!.Status);
        Assert.Throws<StripeRefusal>(() => pair.Played.Books.Complete(open.Id));
    }

    private static async Task<int> Listed(StripePair pair) =>
        await pair.Payments.ListUndelivered(DateTimeOffset.UnixEpoch, CancellationToken.None).CountAsync(CancellationToken.None);

    private static async Task<HttpResponseMessage> Post(PlayedStripe played, string form)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, played.BaseUrl + "/v1/customers");
        request.Content = new StringContent(form, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        request.Headers.Authorization = new("Bearer", PlayedStripe.Key);
        request.Headers.Add("Idempotency-Key", "k");
        return await http.SendAsync(request);
    }
}

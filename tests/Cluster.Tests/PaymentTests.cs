using System.Net;

namespace GeminiChat.Cluster.Tests;

/// <summary>Money that comes in at one gateway counts at all of them.</summary>
[Collection<StableMembers>]
public sealed class PaymentTests(StableClusterFixture fixture)
{
    private const int Rooms = 10;

    [Fact]
    public async Task A_webhook_at_one_gateway_raises_the_limit_at_the_other()
    {
        await UtcDay.WaitForTimeLeft();
        var cluster = await fixture.GetHealthyCluster();
        var user = await ChatUser.SignIn(cluster.Gateways[0].Http);
        var rooms = await Task.WhenAll(Enumerable.Range(0, Rooms).Select(i => user.NewRoom($"room {i}")));
        var posts = await Task.WhenAll(Enumerable.Range(0, StableClusterFixture.BasicLimit).Select(i => Post(user, rooms[i % Rooms])));
        Assert.All(posts, status => Assert.Equal(HttpStatusCode.Accepted, status));
        var room = await user.NewRoom();
        Assert.Equal(HttpStatusCode.TooManyRequests, await Post(user, room));
        var checkout = await ChatUser.Json(await user.Send(HttpMethod.Post, "/payments/subscribe/pro"));
        fixture.Stripe.Account.CompleteCheckout(checkout.GetProperty("session_id").GetString()!);

        fixture.Stripe.Webhooks.Target = new Uri(cluster.Gateways[1].Address, "/payments/webhook/stripe");
        foreach (var happened in fixture.Stripe.Account.Events)
        {
            Assert.Equal(HttpStatusCode.OK, await fixture.Stripe.Webhooks.Send(happened));
        }

        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await user.Get("/user/me")).GetProperty("subscription").GetString() is not "Pro")
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }

        Assert.Equal(HttpStatusCode.Accepted, await Post(user, room));
        Assert.Equal(StableClusterFixture.ProLimit, (await user.Get("/user/usage")).GetProperty("limit").GetInt32());
    }

    private static async Task<HttpStatusCode> Post(ChatUser user, string room)
    {
        using var response = await user.Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content = "hello" });
        return response.StatusCode;
    }
}

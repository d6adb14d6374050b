using System.Net;
using System.Text.Json;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>Whoever has paid is Pro, whatever happens to the process.</summary>
public sealed class SubscriptionTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private FakeStripe _stripe = null!;

    public async ValueTask InitializeAsync() => _stripe = await FakeStripe.Start();

    public async ValueTask DisposeAsync()
    {
        await _stripe.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Subscription_changes_during_a_downtime_are_applied_after_the_start()
    {
        ChatUser user;
        await using (var gateway = await Start())
        {
            user = await ChatUser.SignIn(gateway.Http);
            var checkout = await OpenCheckout(user);
            await gateway.Kill();
            _stripe.Account.CompleteCheckout(checkout);
        }

        // Nobody asks, and Stripe has given up: the service itself looks for what it missed.
        await using var restarted = await Start();
        await Until(user.Through(restarted.Http), "Pro", "active");
        var subscription = _stripe.Account.Subscriptions.Single();
        var shown = await user.Through(restarted.Http).Get("/payments/subscription/status");
        Assert.Equal(
            subscription.Items[0].End.ToUnixTimeSeconds(),
            shown.GetProperty("current_period_end").GetDateTimeOffset().ToUnixTimeSeconds());
    }

    [Fact]
    public async Task An_acknowledged_event_survives_kill_9()
    {
        ChatUser user;
        await using (var gateway = await Start())
        {
            user = await ChatUser.SignIn(gateway.Http);
            var checkout = await OpenCheckout(user);
            _stripe.Account.CompleteCheckout(checkout);
            _stripe.SetFault(StripeFault.NoResponse());
            _stripe.Webhooks.Target = new Uri(gateway.Address, "/payments/webhook/stripe");
            foreach (var happened in _stripe.Account.Events)
            {
                Assert.Equal(HttpStatusCode.OK, await _stripe.Webhooks.Send(happened));
            }

            await gateway.Kill();
        }

        _stripe.SetFault(null);
        await using var restarted = await Start();
        await Until(user.Through(restarted.Http), "Pro", "active");
        Assert.Single(_stripe.Account.Customers);
    }

    [Fact]
    public async Task A_process_killed_during_a_checkout_leaves_one_customer_and_one_checkout()
    {
        ChatUser user;
        await using (var gateway = await Start())
        {
            user = await ChatUser.SignIn(gateway.Http);
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _stripe.SetFaultSelector(call =>
            {
                if (call.Method is not "POST" || call.Path is not "/v1/checkout/sessions")
                {
                    return null;
                }

                reached.TrySetResult();
                return StripeFault.ResetAfterEffect();
            });
            var click = user.Send(HttpMethod.Post, "/payments/subscribe/pro");
            await reached.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
            await gateway.Kill();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => click);
        }

        _stripe.SetFault(null);
        await using var restarted = await Start();
        var opened = await OpenCheckout(user.Through(restarted.Http));
        Assert.Equal(opened, Assert.Single(_stripe.Account.Checkouts).Id);
        Assert.Single(_stripe.Account.Customers);
    }

    private Task<GatewayProcess> Start() => GatewayProcess.Start(
        _folder.Path,
        ("STRIPE_SECRET_KEY", FakeStripe.Key),
        ("STRIPE_PRO_PRICE_ID", FakeStripe.Price),
        ("STRIPE_WEBHOOK_SECRET", WebhookSender.Secret),
        ("STRIPE_API_BASE", _stripe.BaseUrl));

    private static async Task<string> OpenCheckout(ChatUser user)
    {
        var opened = await ChatUser.Json(await user.Send(HttpMethod.Post, "/payments/subscribe/pro"));
        return opened.GetProperty("session_id").GetString()!;
    }

    private static async Task Until(ChatUser user, string tier, string status)
    {
        using var deadline = Deadline.Start();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!Is(await user.Get("/payments/subscription/status"), tier, status)
            || (await user.Get("/user/me")).GetProperty("subscription").GetString() != tier)
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }

    private static bool Is(JsonElement shown, string tier, string status) =>
        shown.GetProperty("subscription").GetString() == tier && shown.GetProperty("status").GetString() == status;
}

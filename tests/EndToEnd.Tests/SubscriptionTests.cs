using System.Net;
using System.Text.Json;
using GeminiChat.Played;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>Whoever has paid is Pro, whatever happens to the process.</summary>
public sealed class SubscriptionTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private PlayedStripe _stripe = null!;

    public async ValueTask InitializeAsync() => _stripe = await PlayedStripe.Start();

    public async ValueTask DisposeAsync()
    {
        await _stripe.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_happened_while_the_service_was_down_is_known_after_its_start()
    {
        ChatUser user;
        await using (var gateway = await Start())
        {
            user = await ChatUser.SignIn(gateway.Http);
            var checkout = await OpenCheckout(user);
            await gateway.Kill();
            _stripe.Books.Complete(checkout);
        }

        // Nobody asks, and Stripe has given up: the service itself looks for what it missed.
        await using var restarted = await Start();
        await Until(user.At(restarted.Http), "Pro", "active");
        var subscription = _stripe.Books.Subscriptions.Single();
        var shown = await user.At(restarted.Http).Get("/payments/subscription/status");
        Assert.Equal(
            subscription.Items[0].End.ToUnixTimeSeconds(),
            shown.GetProperty("current_period_end").GetDateTimeOffset().ToUnixTimeSeconds());
    }

    [Fact]
    public async Task An_event_that_was_taken_survives_kill_9()
    {
        ChatUser user;
        await using (var gateway = await Start())
        {
            user = await ChatUser.SignIn(gateway.Http);
            var checkout = await OpenCheckout(user);
            _stripe.Books.Complete(checkout);
            _stripe.Always(StripeFault.Silence());
            _stripe.Webhooks.Target = new Uri(gateway.Address, "/payments/webhook/stripe");
            foreach (var happened in _stripe.Books.Events)
            {
                Assert.Equal(HttpStatusCode.OK, await _stripe.Webhooks.Send(happened));
            }

            await gateway.Kill();
        }

        _stripe.Always(null);
        await using var restarted = await Start();
        await Until(user.At(restarted.Http), "Pro", "active");
        Assert.Single(_stripe.Books.Customers);
    }

    [Fact]
    public async Task A_process_killed_while_a_checkout_is_made_leaves_one_customer_and_one_checkout()
    {
        ChatUser user;
        await using (var gateway = await Start())
        {
            user = await ChatUser.SignIn(gateway.Http);
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _stripe.Choose(call =>
            {
                if (call.Method is not "POST" || call.Path is not "/v1/checkout/sessions")
                {
                    return null;
                }

                reached.TrySetResult();
                return StripeFault.ResetAfterActing();
            });
            var click = user.Send(HttpMethod.Post, "/payments/subscribe/pro");
            await reached.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            await gateway.Kill();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => click);
        }

        _stripe.Always(null);
        await using var restarted = await Start();
        var opened = await OpenCheckout(user.At(restarted.Http));
        Assert.Equal(opened, Assert.Single(_stripe.Books.Checkouts).Id);
        Assert.Single(_stripe.Books.Customers);
    }

    private Task<GatewayProcess> Start() => GatewayProcess.Start(
        _folder.Path,
        ("STRIPE_SECRET_KEY", PlayedStripe.Key),
        ("STRIPE_PRO_PRICE_ID", PlayedStripe.Price),
        ("STRIPE_WEBHOOK_SECRET", StripeWebhooks.Secret),
        ("STRIPE_API_BASE", _stripe.BaseUrl));

    private static async Task<string> OpenCheckout(ChatUser user)
    {
        var opened = await ChatUser.Json(await user.Send(HttpMethod.Post, "/payments/subscribe/pro"));
        return opened.GetProperty("session_id").GetString()!;
    }

    private static async Task Until(ChatUser user, string tier, string status)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
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

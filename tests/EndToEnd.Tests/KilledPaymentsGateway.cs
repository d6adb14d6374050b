using System.Net;
using GeminiChat.Fakes;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>Classes that share one gateway with payments, which was killed, and may end it and start it again.</summary>
[CollectionDefinition]
public sealed class SharedPaymentsGateway : ICollectionFixture<KilledPaymentsGateway>;

/// <summary>A gateway that was killed while three users paid, and started again.</summary>
public sealed class KilledPaymentsGateway : GatewayFixture
{
    public FakeStripe Stripe { get; private set; } = null!;

    /// <summary>A user who paid while the gateway was down, without an event.</summary>
    internal ChatUser PaidDuringDowntime { get; private set; } = null!;

    /// <summary>What that user paid for.</summary>
    internal FakeSubscription SubscriptionDuringDowntime { get; private set; } = null!;

    /// <summary>A user whose payment was told of by events. The gateway could do no more than acknowledge them.</summary>
    internal ChatUser PaidBeforeCrash { get; private set; } = null!;

    /// <summary>A user whose checkout was being opened. Stripe had opened it.</summary>
    internal ChatUser InCheckout { get; private set; } = null!;

    protected override (string Name, string Value)[] Settings =>
    [
        ("STRIPE_SECRET_KEY", FakeStripe.Key),
        ("STRIPE_PRO_PRICE_ID", FakeStripe.Price),
        ("STRIPE_WEBHOOK_SECRET", WebhookSender.Secret),
        ("STRIPE_API_BASE", Stripe.BaseUrl),
    ];

    public override async ValueTask InitializeAsync()
    {
        Stripe = await FakeStripe.Start();
        await base.InitializeAsync();
        PaidDuringDowntime = await ChatUser.SignIn(Gateway.Http);
        var unpaid = await OpenCheckout(PaidDuringDowntime);
        PaidBeforeCrash = await ChatUser.SignIn(Gateway.Http);
        var paid = await OpenCheckout(PaidBeforeCrash);
        InCheckout = await ChatUser.SignIn(Gateway.Http);
        var click = await BeginCheckout();
        await Acknowledge(paid);
        await Gateway.Kill();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => click);

        Stripe.SetFault(null);
        SubscriptionDuringDowntime = Stripe.Account.CompleteCheckout(unpaid);
        await Gateway.Restart();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Stripe.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal static async Task<string> OpenCheckout(ChatUser user)
    {
        var opened = await ChatUser.Json(await user.Send(HttpMethod.Post, "/payments/subscribe/pro"));
        return opened.GetProperty("session_id").GetString()!;
    }

    /// <summary>A checkout is paid, and its events are delivered while Stripe answers nothing.</summary>
    private async Task Acknowledge(string checkout)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Stripe.Account.CompleteCheckout(checkout);
        Stripe.SetFaultSelector(call =>
        {
            // The checkout that is being opened posts.
            if (call.Method == "GET")
            {
                asked.TrySetResult();
            }

            return StripeFault.NoResponse();
        });
        Stripe.Webhooks.Target = new Uri(Gateway.Address, "/payments/webhook/stripe");
        foreach (var happened in Stripe.Account.Events)
        {
            Assert.Equal(HttpStatusCode.OK, await Stripe.Webhooks.Send(happened));
        }

        await asked.Task.WaitAsync(Deadline.Timeout);
    }

    /// <summary>Opens a checkout whose answer is lost on the way. What is called after that gets no answer.</summary>
    /// <returns>The request of the user.</returns>
    private async Task<Task<HttpResponseMessage>> BeginCheckout()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Stripe.SetFaultSelector(call =>
            call is { Method: "POST", Path: "/v1/checkout/sessions" } && reached.TrySetResult() ? StripeFault.ResetAfterEffect()
            : reached.Task.IsCompleted ? StripeFault.NoResponse()
            : null);
        var click = InCheckout.Send(HttpMethod.Post, "/payments/subscribe/pro");
        await reached.Task.WaitAsync(Deadline.Timeout);
        return click;
    }
}

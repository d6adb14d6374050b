using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Fakes;

namespace GeminiChat.Gateway.Tests.Payments;

/// <summary>The gateway with the real grains, and a fake Stripe that its webhooks come from.</summary>
public sealed class PaymentsGatewayFixture : IAsyncLifetime
{
    /// <summary>A price that is not sold any more and still makes Pro.</summary>
    internal const string OldPrice = "price_old";

    internal FakeStripe Stripe { get; private set; } = null!;

    internal GatewayFixture Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Stripe = await FakeStripe.Start();
        Gateway = await GatewayFixture.StartWithSiloAsync([
            $"--STRIPE_SECRET_KEY={FakeStripe.Key}",
            $"--STRIPE_PRO_PRICE_ID={FakeStripe.Price},{OldPrice}",
            $"--STRIPE_WEBHOOK_SECRET=whsec_rolled,{WebhookSender.Secret}",
            $"--STRIPE_API_BASE={Stripe.BaseUrl}",
        ]);
        Stripe.Webhooks.Target = new Uri(Gateway.Address, "/payments/webhook/stripe");
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Stripe.DisposeAsync();
    }

    internal static async Task<PaymentsGatewayFixture> Start()
    {
        var gateway = new PaymentsGatewayFixture();
        await gateway.InitializeAsync();
        return gateway;
    }

    internal async Task<PayingUser> NewPayingUser() => new(this, await Gateway.NewUser().SignIn());
}

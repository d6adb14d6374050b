using GeminiChat.Gateway.Tests.Live;
using GeminiChat.Played;

namespace GeminiChat.Gateway.Tests.Payments;

/// <summary>The gateway with the real grains, and a played Stripe that its webhooks come from.</summary>
public sealed class PaidGateway : IAsyncLifetime
{
    /// <summary>A price that is not sold any more and still makes Pro.</summary>
    internal const string OldPrice = "price_old";

    internal PlayedStripe Stripe { get; private set; } = null!;

    internal LiveGateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Stripe = await PlayedStripe.Start();
        Gateway = await LiveGateway.StartAsync(
            $"--STRIPE_SECRET_KEY={PlayedStripe.Key}",
            $"--STRIPE_PRO_PRICE_ID={PlayedStripe.Price},{OldPrice}",
            $"--STRIPE_WEBHOOK_SECRET=whsec_rolled,{StripeWebhooks.Secret}",
            $"--STRIPE_API_BASE={Stripe.BaseUrl}");
        Stripe.Webhooks.Target = new Uri(Gateway.Address, "/payments/webhook/stripe");
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Stripe.DisposeAsync();
    }

    internal static async Task<PaidGateway> Start()
    {
        var gateway = new PaidGateway();
        await gateway.InitializeAsync();
        return gateway;
    }

    internal async Task<Payer> NewPayer() => new(this, await Gateway.NewPerson().SignIn());
}

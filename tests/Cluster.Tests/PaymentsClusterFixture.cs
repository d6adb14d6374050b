using GeminiChat.Fakes;

namespace GeminiChat.Cluster.Tests;

/// <summary>A cluster where one message a day is free, and more is for those who have paid.</summary>
public sealed class PaymentsClusterFixture : ClusterFixture
{
    private FakeStripe? _stripe;

    public FakeStripe Stripe => _stripe!;

    protected override (string Name, string Value)[] Settings =>
    [
        ("BASIC_DAILY_MESSAGES", "1"),
        ("PRO_DAILY_MESSAGES", "10"),
        ("STRIPE_SECRET_KEY", FakeStripe.Key),
        ("STRIPE_PRO_PRICE_ID", FakeStripe.Price),
        ("STRIPE_WEBHOOK_SECRET", WebhookSender.Secret),
        ("STRIPE_API_BASE", Stripe.BaseUrl),
    ];

    public override async ValueTask InitializeAsync()
    {
        _stripe = await FakeStripe.Start();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Stripe.DisposeAsync();
    }
}

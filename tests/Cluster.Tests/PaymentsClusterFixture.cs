using GeminiChat.Fakes;

namespace GeminiChat.Cluster.Tests;

/// <summary>A cluster where some messages a day are free, and more are for those who have paid.</summary>
public sealed class PaymentsClusterFixture : ClusterFixture
{
    public const int BasicLimit = 100;
    public const int ProLimit = 1000;

    private FakeStripe? _stripe;

    public FakeStripe Stripe => _stripe!;

    protected override (string Name, string Value)[] Settings =>
    [
        ("BASIC_DAILY_MESSAGES", $"{BasicLimit}"),
        ("PRO_DAILY_MESSAGES", $"{ProLimit}"),
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

using GeminiChat.Grains.Subscriptions;
using GeminiChat.Silo.Payments;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GeminiChat.Silo.Tests.Payments;

public sealed class PaymentsHostingTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public async Task Without_a_key_payments_are_off(string? key)
    {
        await using var services = Services(("STRIPE_SECRET_KEY", key), ("STRIPE_PRO_PRICE_ID", ""));
        services.GetRequiredService<IStartupValidator>().Validate();
        var payments = services.GetRequiredService<IPaymentProvider>();
        var checkout = new NewCheckoutSession(Guid.Empty, "", "", "", default);

        Func<object?>[] calls =
        [
            () => payments.CreateCustomer(Guid.Empty, "k", None),
            () => payments.CreateCheckout(checkout, "k", None),
            () => payments.ReadCheckout("", None),
            () => payments.ExpireCheckout("", None),
            () => payments.CreatePortal("", new Uri("https://a.test"), None),
            () => payments.ReadSubscription("", None),
            () => payments.ListSubscriptions("", None),
            () => payments.ReadUnpaidInvoice("", None),
            () => payments.CancelSubscription("", None),
            () => payments.DeleteCustomer("", None),
            () => payments.ListUndeliveredEvents(default, None),
            () => payments.ParseEvent("{}"),
        ];

        Assert.All(calls, call =>
            Assert.Equal(PaymentProviderFault.NotConfigured, Assert.Throws<PaymentProviderException>(() => call()).Fault));
    }

    [Fact]
    public async Task With_a_key_Stripe_is_used()
    {
        await using var services = Services(("STRIPE_SECRET_KEY", " sk_test_1 "), ("STRIPE_PRO_PRICE_ID", " price_1 "), ("STRIPE_API_BASE", " "));
        var options = services.GetRequiredService<IOptions<StripeOptions>>().Value;

        Assert.IsType<StripePayments>(services.GetRequiredService<IPaymentProvider>());
        Assert.Equal(("sk_test_1", "price_1", "https://api.stripe.com"), (options.SecretKey, options.ProPriceId, options.ApiBase));
    }

    [Fact]
    public async Task Several_prices_can_make_Pro()
    {
        await using var services = Services(("STRIPE_PRO_PRICE_ID", "price_1, price_0"));

        Assert.Equal(["price_1", "price_0"], services.GetRequiredService<IOptions<StripeOptions>>().Value.ProPrices);
    }

    [Theory]
    [InlineData("STRIPE_SECRET_KEY", "two secrets")]
    [InlineData("STRIPE_PRO_PRICE_ID", null)]
    [InlineData("STRIPE_PRO_PRICE_ID", " ")]
    [InlineData("STRIPE_PRO_PRICE_ID", "price_1,")]
    [InlineData("STRIPE_API_BASE", "api.stripe.com")]
    [InlineData("STRIPE_API_BASE", "ftp://example.org")]
    [InlineData("STRIPE_API_BASE", "https://example.org/v1")]
    [InlineData("STRIPE_API_BASE", "https://user:secret@example.org")]
    public async Task A_bad_setting_stops_the_start_and_is_named(string setting, string? value)
    {
        Dictionary<string, string?> settings = new(StringComparer.Ordinal)
        {
            ["STRIPE_SECRET_KEY"] = "sk_test_1",
            ["STRIPE_PRO_PRICE_ID"] = "price_1",
            [setting] = value,
        };
        await using var services = Services([.. settings.Select(pair => (pair.Key, pair.Value))]);

        var stopped = Assert.Throws<OptionsValidationException>(services.GetRequiredService<IStartupValidator>().Validate);

        Assert.StartsWith(setting, Assert.Single(stopped.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", stopped.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Services(params (string Key, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)))
            .Build();
        return new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddPayments().BuildServiceProvider();
    }
}

using System.Collections.Concurrent;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Fakes;
using GeminiChat.Silo.Payments;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GeminiChat.Silo.Tests.Payments;

/// <summary>The client under test and the fake Stripe that it talks to.</summary>
internal sealed class StripeTestHarness : IAsyncDisposable
{
    /// <summary>A price that is not sold any more and still makes Pro.</summary>
    public const string OldPrice = "price_old";

    private readonly StripePayments _payments;

    private StripeTestHarness(FakeStripe fake, string key, TimeProvider time)
    {
        Fake = fake;
        _payments = ClientOf(fake.BaseUrl, key, time, Log);
    }

    public FakeStripe Fake { get; }

    public IPaymentProvider Payments => _payments;

    public PaymentLogRecorder Log { get; } = new();

    public static async Task<StripeTestHarness> Start(
        FakeStripeOptions? options = null, string key = FakeStripe.Key, TimeProvider? time = null) =>
        new(await FakeStripe.Start(options), key, time ?? TimeProvider.System);

    public static StripePayments ClientOf(string baseUrl, string key, TimeProvider time, PaymentLogRecorder log)
    {
        var options = Options.Create(
            new StripeOptions { SecretKey = key, ProPriceId = $"{FakeStripe.Price}, {OldPrice}", ApiBase = baseUrl });
        return new(PaymentsHosting.CreateHttpClient(baseUrl), options, new StripeEventReader(options, log), time, log);
    }

    /// <summary>A checkout that a user is about to pay.</summary>
    public async Task<CheckoutSession> Open(Guid userId)
    {
        var customer = await Payments.CreateCustomer(userId, $"customer:{userId}", CancellationToken.None);
        var checkout = new NewCheckoutSession(
            userId, customer, "https://a.test/ok", "https://a.test/no", TimeProvider.System.GetUtcNow().AddHours(1));
        return await Payments.CreateCheckout(checkout, $"checkout:{userId}", CancellationToken.None);
    }

    /// <summary>A subscription that a user has paid.</summary>
    public async Task<FakeSubscription> Subscribe(Guid userId) => Fake.Account.CompleteCheckout((await Open(userId)).Id);

    public async ValueTask DisposeAsync()
    {
        _payments.Dispose();
        await Fake.DisposeAsync();
    }
}

/// <summary>What was logged.</summary>
internal sealed class PaymentLogRecorder : ILogger<StripePayments>, ILogger<StripeEventReader>
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}".TrimEnd());
}

using System.Collections.Concurrent;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Played;
using GeminiChat.Silo.Payments;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GeminiChat.Silo.Tests.Payments;

/// <summary>The client under test and the played Stripe that it talks to.</summary>
internal sealed class StripePair : IAsyncDisposable
{
    /// <summary>A price that is not sold any more and still makes Pro.</summary>
    public const string OldPrice = "price_old";

    private readonly StripePayments _payments;

    private StripePair(PlayedStripe played, string key, TimeProvider time)
    {
        Played = played;
        _payments = ClientOf(played.BaseUrl, key, time, Log);
    }

    public PlayedStripe Played { get; }

    public IPayments Payments => _payments;

    public PaymentLog Log { get; } = new();

    public static async Task<StripePair> Start(
        PlayedStripeOptions? options = null, string key = PlayedStripe.Key, TimeProvider? time = null) =>
        new(await PlayedStripe.Start(options), key, time ?? TimeProvider.System);

    public static StripePayments ClientOf(string baseUrl, string key, TimeProvider time, PaymentLog log)
    {
        var options = Options.Create(
            new StripeOptions { SecretKey = key, ProPriceId = $"{PlayedStripe.Price}, {OldPrice}", ApiBase = baseUrl });
        return new(PaymentsHosting.CreateHttp(baseUrl), options, new StripeEvents(options, log), time, log);
    }

    /// <summary>A checkout that a user is about to pay.</summary>
    public async Task<Checkout> Open(Guid userId)
    {
        var customer = await Payments.CreateCustomer(userId, $"customer:{userId}", CancellationToken.None);
        var checkout = new NewCheckout(
            userId, customer, "https://a.test/ok", "https://a.test/no", TimeProvider.System.GetUtcNow().AddHours(1));
        return await Payments.CreateCheckout(checkout, $"checkout:{userId}", CancellationToken.None);
    }

    /// <summary>A subscription that a user has paid.</summary>
    public async Task<PlayedSubscription> Subscribe(Guid userId) => Played.Books.Complete((await Open(userId)).Id);

    public async ValueTask DisposeAsync()
    {
        _payments.Dispose();
        await Played.DisposeAsync();
    }
}

/// <summary>What was logged.</summary>
internal sealed class PaymentLog : ILogger<StripePayments>, ILogger<StripeEvents>
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}".TrimEnd());
}

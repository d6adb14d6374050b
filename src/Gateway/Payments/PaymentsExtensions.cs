using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GeminiChat.Gateway.Payments;

/// <summary>Payments, as far as they come over HTTP.</summary>
internal static class PaymentsExtensions
{
    public static void AddPaymentEndpoints(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<WebhookSignatureVerifier>();
        services.AddSingleton<WebhookConcurrencyLimiter>();
        services.AddSingleton<PaymentReturnUrls>();
    }
}

using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GeminiChat.Gateway.Payments;

/// <summary>Payments, as far as they come over HTTP.</summary>
internal static class PaymentsExtensions
{
    public static void AddPaymentsWeb(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<WebhookSignature>();
        services.AddSingleton<WebhookSlots>();
        services.AddSingleton<ReturnPaths>();
    }
}

using GeminiChat.ServiceDefaults.Telemetry;
using GeminiChat.Silo.Maintenance;
using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Webhooks;

/// <summary>Adds the delivery of webhooks to a host that has the store.</summary>
internal static class WebhookHosting
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddSingleton<WebhookDeliveryStore>();
        services.AddHostedService<WebhookDeliveryService>();
        services.AddHostedService<WebhookExpiry>();
        return services.AddSingleton(provider => CreateReportLine(provider.GetRequiredService<IOptions<WebhookDeliveryOptions>>().Value));
    }

    private static StartupReportLine CreateReportLine(WebhookDeliveryOptions options) => new(
        "webhooks", options.Endpoints is [_, ..] endpoints ? string.Join(", ", endpoints.Select(endpoint => endpoint.Url.Authority)) : "off");
}

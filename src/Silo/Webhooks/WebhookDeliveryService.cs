using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Webhooks;

/// <summary>Delivers stored events to all receivers, each independent of the others.</summary>
internal sealed class WebhookDeliveryService(
    IOptions<WebhookDeliveryOptions> options, WebhookDeliveryStore deliveries, TimeProvider time, ILogger<WebhookDeliveryService> logger)
    : BackgroundService
{
    // What is not answered by then is sent again after the next start.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var client = new WebhookClient(time);
        using var aborting = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var shutdown = stoppingToken.Register(() => aborting.CancelAfter(ShutdownTimeout));
        await Task.WhenAll(options.Value.Endpoints.Select(endpoint =>
            new WebhookDispatcher(endpoint, deliveries, client, time, logger).Run(stoppingToken, aborting.Token)));
    }
}

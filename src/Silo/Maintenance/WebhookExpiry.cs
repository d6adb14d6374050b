using GeminiChat.Silo.Store;
using GeminiChat.Silo.Webhooks;

namespace GeminiChat.Silo.Maintenance;

/// <summary>
/// Gives up events that no receiver took in three days, for example because it is not configured any more. Also limits how many
/// events are stored for a receiver: first of each room, so that a busy one does not push out the events of others, then of all.
/// </summary>
internal sealed partial class WebhookExpiry(
    WebhookDeliveryStore deliveries, IOptions<WebhookDeliveryOptions> options, TimeProvider time, ILogger<WebhookExpiry> logger)
    : MaintenanceService(time, logger)
{
    public const int MaxPending = 1_000_000;
    public const int MaxPendingOfKey = 10_000;

    private const int PageSize = 1000;

    // The last attempt is made at the maximum age.
    private static readonly TimeSpan MaxAge = WebhookRetries.MaxAge + TimeSpan.FromHours(1);

    protected override async Task RunPass(CancellationToken cancellationToken)
    {
        await RunStep(() => RemoveOld(cancellationToken), cancellationToken);
        await RunStep(() => RemoveExcess(MaxPendingOfKey, MaxPending, cancellationToken), cancellationToken);
    }

    internal async Task RemoveOld(CancellationToken cancellationToken)
    {
        var before = Time.GetUtcNow() - MaxAge;
        while (await deliveries.ListOld(before, PageSize) is [_, ..] page)
        {
            foreach (var old in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (await deliveries.Remove(old, before))
                {
                    WebhookDeliveryMetrics.Count(old.Endpoint, WebhookDeliveryMetrics.GivenUp, old.Count);
                    Log.GivenUp(Logger, old.Count, old.Endpoint);
                }
            }
        }
    }

    internal async Task RemoveExcess(int maxPendingOfKey, int maxPending, CancellationToken cancellationToken)
    {
        var pending = (await deliveries.CountPending()).ToDictionary();
        foreach (var endpoint in options.Value.Endpoints)
        {
            WebhookDeliveryMetrics.RecordPending(endpoint.Number, pending.GetValueOrDefault(endpoint.Number));
        }

        foreach (var (endpoint, count) in pending.Where(one => one.Value > Math.Min(maxPendingOfKey, maxPending)))
        {
            var left = count;
            foreach (var (key, countOfKey) in await deliveries.CountLongest(endpoint, maxPendingOfKey))
            {
                left -= countOfKey - maxPendingOfKey;
                await GiveUp(endpoint, countOfKey - maxPendingOfKey, key, maxPendingOfKey, cancellationToken);
                Log.TooManyOfKey(Logger, countOfKey - maxPendingOfKey, key, endpoint, maxPendingOfKey);
            }

            if (left > maxPending)
            {
                await GiveUp(endpoint, left - maxPending, orderingKey: null, maxPending, cancellationToken);
                Log.TooMany(Logger, left - maxPending, endpoint, maxPending);
            }
        }
    }

    private async Task GiveUp(int endpoint, long count, Guid? orderingKey, int max, CancellationToken cancellationToken)
    {
        if (await deliveries.FindExcess(endpoint, orderingKey, max) is not { } last)
        {
            return;
        }

        for (var excess = count; await deliveries.RemovePage(endpoint, orderingKey, last, PageSize); excess -= PageSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WebhookDeliveryMetrics.Count(endpoint, WebhookDeliveryMetrics.GivenUp, Math.Clamp(excess, 0, PageSize));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "{Events} events are given up: webhook endpoint {Endpoint} did not take them in three days, or is not configured any more")]
        public static partial void GivenUp(ILogger logger, long events, int endpoint);

        [LoggerMessage(LogLevel.Error, "The oldest {Events} events of {OrderingKey} are given up: webhook endpoint {Endpoint} has not taken more than {Maximum}")]
        public static partial void TooManyOfKey(ILogger logger, long events, Guid orderingKey, int endpoint, int maximum);

        [LoggerMessage(LogLevel.Error, "The oldest {Events} events are given up: webhook endpoint {Endpoint} has not taken more than {Maximum}")]
        public static partial void TooMany(ILogger logger, long events, int endpoint, int maximum);
    }
}

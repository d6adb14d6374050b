using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Webhooks;

/// <summary>
/// Delivers the events of one receiver: several rooms and users in parallel, and each one's events in their order. The silos of a
/// cluster share the work: a delivery belongs to the silo that has leased it.
/// </summary>
internal sealed partial class WebhookDispatcher(
    WebhookEndpoint endpoint, WebhookDeliveryStore deliveries, WebhookClient client, TimeProvider time, ILogger logger)
{
    private const int PageSize = 4 * WebhookThrottle.MaxParallelism;

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    // Longer than a request. After a crash, another process sends the event when the lease has ended.
    private static readonly TimeSpan Lease = WebhookClient.Timeout + TimeSpan.FromSeconds(10);

    private readonly Dictionary<Guid, Task> _running = [];
    private readonly Queue<StoredDelivery> _page = [];
    private readonly WebhookThrottle _throttle = new(time);
    private volatile bool _isGone;

    /// <summary>Delivers until it is told to stop. Then it waits for the requests that run.</summary>
    /// <param name="stopping">Ends it.</param>
    /// <param name="aborting">Ends the requests that still run.</param>
    public async Task Run(CancellationToken stopping, CancellationToken aborting)
    {
        while (!stopping.IsCancellationRequested && !_isGone)
        {
            await StartDeliveries(aborting);
            await WaitForChange(stopping);
        }

        await Task.WhenAll(_running.Values);
    }

    private async Task StartDeliveries(CancellationToken aborting)
    {
        if (_page.Count == 0 && _running.Count < _throttle.Capacity)
        {
            await ReadPage();
        }

        while (_running.Count < _throttle.Capacity && _page.TryDequeue(out var next))
        {
            if (!_running.ContainsKey(next.OrderingKey))
            {
                _running.Add(next.OrderingKey, Deliver(next, aborting));
            }
        }
    }

    private async Task WaitForChange(CancellationToken stopping)
    {
        if (!RemoveCompleted())
        {
            await Task.WhenAny([.. _running.Values, Task.Delay(PollInterval, time, stopping)]);
            RemoveCompleted();
        }
    }

    private bool RemoveCompleted()
    {
        var completed = _running.Where(one => one.Value.IsCompleted).Select(one => one.Key).ToList();
        completed.ForEach(key => _running.Remove(key));
        return completed.Count > 0;
    }

    private async Task ReadPage()
    {
        try
        {
            foreach (var delivery in await deliveries.ListDue(endpoint.Number, time.GetUtcNow(), PageSize))
            {
                _page.Enqueue(delivery);
            }
        }
        catch (Exception outage)
        {
            _throttle.Pause();
            Log.StoreUnavailable(logger, outage, endpoint.Number);
        }
    }

    /// <summary>Sends an event unless another process has taken it, and stores what became of it. Never throws.</summary>
    private async Task Deliver(StoredDelivery delivery, CancellationToken aborting)
    {
        try
        {
            var now = time.GetUtcNow();
            if (!aborting.IsCancellationRequested && await deliveries.Claim(delivery, now, now + Lease))
            {
                await Send(delivery with { Attempts = delivery.Attempts + 1 }, aborting);
            }
        }
        catch (Exception) when (aborting.IsCancellationRequested)
        {
            // It is sent again after the next start.
        }
        catch (Exception outage)
        {
            _throttle.Pause();
            Log.StoreUnavailable(logger, outage, endpoint.Number);
        }
    }

    private async Task Send(StoredDelivery delivery, CancellationToken aborting)
    {
        var start = time.GetTimestamp();
        var result = await client.Send(endpoint, delivery, aborting);
        WebhookDeliveryMetrics.RecordDuration(endpoint.Number, time.GetElapsedTime(start));
        if (result.IsDelivered)
        {
            await Complete(delivery);
        }
        else
        {
            await Fail(delivery, result);
        }
    }

    private async Task Complete(StoredDelivery delivery)
    {
        WebhookDeliveryMetrics.Count(endpoint.Number, WebhookDeliveryMetrics.Delivered);
        var isBack = _throttle.RecordSuccess();
        await deliveries.Remove(delivery);
        if (isBack)
        {
            Log.IsBack(logger, endpoint);
        }

        if (_throttle.MayHaveWaiting)
        {
            await deliveries.MakeDue(endpoint.Number, time.GetUtcNow());
            _throttle.RecordNoneWaiting();
        }
    }

    private async Task Fail(StoredDelivery delivery, WebhookResult result)
    {
        if (!result.IsRefusal || result.RetryAfter is not null)
        {
            _throttle.RecordFailure(result.RetryAfter);
        }

        if (result.IsGone && !_isGone)
        {
            _isGone = true;
            Log.Gone(logger, endpoint);
        }

        var now = time.GetUtcNow();
        var jitter = 0.9 + (Random.Shared.NextDouble() * 0.2);
        if (WebhookRetries.GetNextAttempt(delivery.Attempts, delivery.CreatedAt, now, result.RetryAfter, jitter) is { } next)
        {
            WebhookDeliveryMetrics.Count(endpoint.Number, WebhookDeliveryMetrics.Failed);
            Log.Failed(logger, delivery.MessageId, endpoint, result.Reason, delivery.Attempts, next);
            await deliveries.Postpone(delivery, next);
        }
        else if (await deliveries.Remove(delivery))
        {
            WebhookDeliveryMetrics.Count(endpoint.Number, WebhookDeliveryMetrics.GivenUp);
            Log.GivenUp(logger, delivery.MessageId, endpoint, result.Reason, delivery.Attempts);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Event {MessageId} was not delivered to webhook endpoint {Endpoint}: {Reason}. Attempt {Attempt}; the next one is at {Next}")]
        public static partial void Failed(ILogger logger, string messageId, WebhookEndpoint endpoint, string reason, int attempt, DateTimeOffset next);

        [LoggerMessage(LogLevel.Error, "Event {MessageId} is given up: webhook endpoint {Endpoint} did not take it in three days. The last of {Attempts} attempts: {Reason}")]
        public static partial void GivenUp(ILogger logger, string messageId, WebhookEndpoint endpoint, string reason, int attempts);

        [LoggerMessage(LogLevel.Error, "Webhook endpoint {Endpoint} answered 410: it wants no more events, and gets none from this process until it is started again")]
        public static partial void Gone(ILogger logger, WebhookEndpoint endpoint);

        [LoggerMessage(LogLevel.Information, "Webhook endpoint {Endpoint} takes events again")]
        public static partial void IsBack(ILogger logger, WebhookEndpoint endpoint);

        [LoggerMessage(LogLevel.Warning, "The store is unavailable for the webhooks of endpoint {Endpoint}; retrying")]
        public static partial void StoreUnavailable(ILogger logger, Exception exception, int endpoint);
    }
}

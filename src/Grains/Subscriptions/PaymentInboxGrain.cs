using GeminiChat.GrainInterfaces.Subscriptions;
using Orleans.Concurrency;

namespace GeminiChat.Grains.Subscriptions;

/// <inheritdoc cref="IPaymentInboxGrain"/>
[StatelessWorker, Reentrant]
internal sealed class PaymentInboxGrain(IPaymentProvider payments, PaymentEventInbox inbox) : Grain, IPaymentInboxGrain
{
    public async Task<IntakeOutcome> Receive(WebhookPayload payload)
    {
        try
        {
            return payments.ParseEvent(payload.Json) is not { } paymentEvent ? IntakeOutcome.Refused
                : await inbox.Receive(paymentEvent) ? IntakeOutcome.Stored
                : IntakeOutcome.Ignored;
        }
        catch (PaymentProviderException failure) when (failure.Fault is PaymentProviderFault.NotConfigured)
        {
            return IntakeOutcome.NotConfigured;
        }
    }
}

/// <summary>Stores events until the subscription that they are about has been read. Thread-safe.</summary>
internal sealed partial class PaymentEventInbox(
    ISubscriptionStore store, IGrainFactory grains, TimeProvider time, ILogger<PaymentEventInbox> logger)
{
    /// <summary>
    /// Stores an event and wakes the subscription of its user. An event that is already stored has no effect. Durable
    /// when it completes.
    /// </summary>
    /// <returns>False when the event is about no user of this service, or cannot change a subscription.</returns>
    public async Task<bool> Receive(PaymentEvent paymentEvent)
    {
        if (!paymentEvent.IsRelevant || await store.FindUser(paymentEvent.CustomerId, paymentEvent.UserId) is not { } userId)
        {
            return false;
        }

        if (await store.AddEvent(paymentEvent.Id, userId, paymentEvent.CustomerId, time.GetUtcNowToMillisecond()))
        {
            _ = TryWake(userId);
        }

        return true;
    }

    private async Task TryWake(Guid userId)
    {
        try
        {
            await grains.Subscription(userId).Wake();
        }
        catch (Exception failure)
        {
            // The row is stored, so the next recovery pass finds it.
            Log.NotWoken(logger, failure, userId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The subscription of user {UserId} could not be notified of an event; retrying later")]
        public static partial void NotWoken(ILogger logger, Exception exception, Guid userId);
    }
}

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
            return payments.ParseEvent(payload.Json) is not { } happened ? IntakeOutcome.Refused
                : await inbox.Receive(happened) ? IntakeOutcome.Stored
                : IntakeOutcome.Ignored;
        }
        catch (PaymentProviderException off) when (off.Fault is PaymentProviderFault.NotConfigured)
        {
            return IntakeOutcome.NotConfigured;
        }
    }
}

using GeminiChat.GrainInterfaces.Subscriptions;
using Orleans.Concurrency;

namespace GeminiChat.Grains.Subscriptions;

/// <inheritdoc cref="IPaymentInboxGrain"/>
[StatelessWorker, Reentrant]
internal sealed class PaymentInboxGrain(IPayments payments, EventIntake intake) : Grain, IPaymentInboxGrain
{
    public async Task<IntakeOutcome> Take(EventBody body)
    {
        try
        {
            return payments.ReadEvent(body.Json) is not { } happened ? IntakeOutcome.Refused
                : await intake.Take(happened) ? IntakeOutcome.Stored
                : IntakeOutcome.Ignored;
        }
        catch (PaymentsException off) when (off.Fault is PaymentsFault.NotConfigured)
        {
            return IntakeOutcome.NotConfigured;
        }
    }
}

using System.Text;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Subscriptions;

namespace GeminiChat.Gateway.Payments;

/// <summary>
/// Takes Stripe's events: anything but 2xx makes Stripe send the event again, for days, so that 2xx means that the event
/// is stored or of no concern.
/// </summary>
internal static class StripeWebhook
{
    public const string SignatureHeader = "Stripe-Signature";
    public const int BodyBytes = 512 * 1024;

    public static async Task<IResult> Take(
        HttpContext http, WebhookSignature signature, WebhookSlots slots, Uploads uploads, IGrainFactory grains)
    {
        // Until the body is here, what goes wrong is its sender's doing, who may be anybody.
        var outcome = WebhookInstruments.BadRequest;
        try
        {
            string? signed = http.Request.Headers[SignatureHeader];
            if (Refusal(signature, signed) is var (why, refusal))
            {
                outcome = why;
                return refusal;
            }

            using var slot = slots.Take();
            if (!slot.IsAcquired)
            {
                outcome = WebhookInstruments.Unavailable;
                return PaymentProblems.TooManyWebhooks;
            }

            var body = await uploads.ReadAsync(http);
            outcome = WebhookInstruments.Unavailable;
            if (body is not { } bytes)
            {
                return Problems.Leaving;
            }

            (outcome, var answer) = await Judge(bytes, signed, signature, grains);
            return answer;
        }
        catch (BadHttpRequestException large) when (large.StatusCode is StatusCodes.Status413PayloadTooLarge)
        {
            outcome = WebhookInstruments.TooLarge;
            return PaymentProblems.BodyTooLarge;
        }
        finally
        {
            WebhookInstruments.Taken(outcome);
        }
    }

    /// <summary>What can be refused without the body, so that nobody's body is read for nothing.</summary>
    private static (string Outcome, Problem Problem)? Refusal(WebhookSignature signature, string? signed) =>
        !signature.IsConfigured ? (WebhookInstruments.NotConfigured, PaymentProblems.NotConfigured)
        : !signature.MayBeValid(signed) ? (WebhookInstruments.BadSignature, PaymentProblems.BadSignature)
        : null;

    private static async Task<(string Outcome, IResult Answer)> Judge(
        ReadOnlyMemory<byte> body, string? signed, WebhookSignature signature, IGrainFactory grains)
    {
        if (!signature.IsValid(body.Span, signed))
        {
            return (WebhookInstruments.BadSignature, PaymentProblems.BadSignature);
        }

        var intake = await grains.PaymentInbox().Take(new EventBody(Encoding.UTF8.GetString(body.Span)));
        return (WebhookInstruments.Word(intake), Answer(intake));
    }

    private static IResult Answer(IntakeOutcome intake) => intake switch
    {
        IntakeOutcome.Stored or IntakeOutcome.Ignored => TypedResults.Ok(new WebhookResponse("success")),
        IntakeOutcome.Refused => PaymentProblems.NotAnEvent,
        IntakeOutcome.NotConfigured => PaymentProblems.NotConfigured,
        var other => throw new NotSupportedException(other.ToString()),
    };
}

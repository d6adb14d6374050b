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
        HttpContext http, WebhookSignature signature, Uploads uploads, IGrainFactory grains)
    {
        var outcome = WebhookInstruments.Unavailable;
        try
        {
            (outcome, var answer) = await Judge(http, signature, uploads, grains);
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

    private static async Task<(string Outcome, IResult Answer)> Judge(
        HttpContext http, WebhookSignature signature, Uploads uploads, IGrainFactory grains)
    {
        if (!signature.IsConfigured)
        {
            return (WebhookInstruments.NotConfigured, PaymentProblems.NotConfigured);
        }

        if (await uploads.ReadAsync(http) is not { } body)
        {
            return (WebhookInstruments.Unavailable, Problems.Leaving);
        }

        if (!signature.IsValid(body.Span, http.Request.Headers[SignatureHeader]))
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

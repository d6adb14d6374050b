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
        if (!signature.IsConfigured)
        {
            return PaymentProblems.NotConfigured;
        }

        try
        {
            if (await uploads.ReadAsync(http) is not { } body)
            {
                return Problems.Leaving;
            }

            return signature.IsValid(body.Span, http.Request.Headers[SignatureHeader])
                ? await Take(new EventBody(Encoding.UTF8.GetString(body.Span)), grains)
                : PaymentProblems.BadSignature;
        }
        catch (BadHttpRequestException large) when (large.StatusCode is StatusCodes.Status413PayloadTooLarge)
        {
            return PaymentProblems.BodyTooLarge;
        }
    }

    private static async Task<IResult> Take(EventBody body, IGrainFactory grains) =>
        await grains.PaymentInbox().Take(body) switch
        {
            IntakeOutcome.Stored or IntakeOutcome.Ignored => TypedResults.Ok(new WebhookResponse("success")),
            IntakeOutcome.Refused => PaymentProblems.NotAnEvent,
            IntakeOutcome.NotConfigured => PaymentProblems.NotConfigured,
            var other => throw new NotSupportedException(other.ToString()),
        };
}

using System.Text;
using System.Threading.RateLimiting;
using GeminiChat.GrainInterfaces.Subscriptions;

namespace GeminiChat.Gateway.Payments;

/// <summary>
/// Receives Stripe's events. After any other answer than 2xx, Stripe sends the event again for days. So 2xx means that the
/// event is stored or not needed.
/// </summary>
internal static class StripeWebhook
{
    public const string SignatureHeader = "Stripe-Signature";
    public const int MaxBodyBytes = 512 * 1024;

    public static async Task<IResult> Receive(
        HttpContext http,
        WebhookSignatureVerifier signature,
        WebhookConcurrencyLimiter slots,
        RequestBodyReader bodyReader,
        IGrainFactory grains)
    {
        // Until the body has arrived, errors are caused by the sender.
        var outcome = WebhookMetrics.BadRequest;
        try
        {
            string? signed = http.Request.Headers[SignatureHeader];
            if (CheckHeader(signature, signed) is var (why, refusal))
            {
                outcome = why;
                return refusal;
            }

            using var slot = slots.Acquire();
            if (!slot.IsAcquired)
            {
                outcome = WebhookMetrics.Unavailable;
                return PaymentProblems.TooManyWebhooks;
            }

            var body = await bodyReader.ReadAsync(http);
            outcome = WebhookMetrics.Unavailable;
            if (body is not { } bytes)
            {
                return Problems.Stopping;
            }

            (outcome, var answer) = await StoreEvent(bytes, signed, signature, grains);
            return answer;
        }
        catch (BadHttpRequestException large) when (large.StatusCode is StatusCodes.Status413PayloadTooLarge)
        {
            outcome = WebhookMetrics.TooLarge;
            return PaymentProblems.BodyTooLarge;
        }
        finally
        {
            WebhookMetrics.CountWebhook(outcome);
        }
    }

    /// <summary>Refuses a request before its body is read, if possible.</summary>
    private static (string Outcome, Problem Problem)? CheckHeader(WebhookSignatureVerifier signature, string? signed) =>
        !signature.IsConfigured ? (WebhookMetrics.NotConfigured, PaymentProblems.NotConfigured)
        : !signature.IsPlausible(signed) ? (WebhookMetrics.BadSignature, PaymentProblems.BadSignature)
        : null;

    private static async Task<(string Outcome, IResult Answer)> StoreEvent(
        ReadOnlyMemory<byte> body, string? signed, WebhookSignatureVerifier signature, IGrainFactory grains)
    {
        if (!signature.IsValid(body.Span, signed))
        {
            return (WebhookMetrics.BadSignature, PaymentProblems.BadSignature);
        }

        var intake = await grains.PaymentInbox().Receive(new WebhookPayload(Encoding.UTF8.GetString(body.Span)));
        return (WebhookMetrics.ToOutcomeTag(intake), ToResult(intake));
    }

    private static IResult ToResult(IntakeOutcome intake) => intake switch
    {
        IntakeOutcome.Stored or IntakeOutcome.Ignored => TypedResults.Ok(new WebhookResponse("success")),
        IntakeOutcome.Refused => PaymentProblems.NotAnEvent,
        IntakeOutcome.NotConfigured => PaymentProblems.NotConfigured,
        var other => throw new NotSupportedException(other.ToString()),
    };
}

/// <summary>Limits the webhooks in memory. The signature can only be checked after the whole body is in memory.</summary>
internal sealed class WebhookConcurrencyLimiter : IDisposable
{
    /// <summary>A body has at most half a megabyte. Stripe sends it within milliseconds.</summary>
    public const int MaxConcurrentWebhooks = 32;

    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions { PermitLimit = MaxConcurrentWebhooks });

    public RateLimitLease Acquire() => _limiter.AttemptAcquire();

    public void Dispose() => _limiter.Dispose();
}

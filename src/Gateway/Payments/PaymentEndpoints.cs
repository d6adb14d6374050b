using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Subscriptions;

namespace GeminiChat.Gateway.Payments;

/// <summary>Subscribing to Pro, and managing the subscription.</summary>
internal static class PaymentEndpoints
{
    // Stripe's ids of checkouts are much shorter.
    private const int LongestCheckoutId = 255;

    public static void MapPayments(this IEndpointRouteBuilder app)
    {
        var payments = app.MapGroup("/payments").WithTags("Payments");
        var own = payments.MapGroup("").RequireAuthorization();
        own.MapPost("/subscribe/pro", Subscribe).Says("subscribe", "Open a checkout for Pro; while one is open or unpaid, the same again")
            .Gives(PaymentExamples.Checkout).Refuses(PaymentProblems.AlreadySubscribed(PaymentExamples.Portal.PortalUrl))
            .Refuses(PaymentProblems.BadHost, PaymentProblems.Refused, PaymentProblems.Unavailable, PaymentProblems.NotConfigured);
        own.MapPost("/portal", Portal).Says("openPortal", "Open the page on which the subscription is managed")
            .Gives(PaymentExamples.Portal).Refuses(PaymentProblems.NoCustomer)
            .Refuses(PaymentProblems.BadHost, PaymentProblems.Refused, PaymentProblems.Unavailable, PaymentProblems.NotConfigured);
        own.MapGet("/subscription/status", Status)
            .Says("getSubscription", "The subscription; with session_id, after a look at a checkout just used")
            .Gives(PaymentExamples.Status);
        payments.MapPost("/webhook/stripe", StripeWebhook.Take).Says("takeStripeEvent", "Stripe's events")
            .Heeds(StripeWebhook.SignatureHeader).WithMetadata(new RequestLimit(StripeWebhook.BodyBytes))
            .Accepts<object>(BodyType.Json).WithMetadata(new BodyExample(() => PaymentExamples.Event, Flaw: null))
            .Gives(new WebhookResponse("success")).Refuses(PaymentProblems.BadSignature, PaymentProblems.NotAnEvent)
            .Refuses(PaymentProblems.BodyTooLarge, PaymentProblems.NotConfigured, PaymentProblems.TooManyWebhooks);
    }

    private static async Task<IResult> Subscribe(Caller caller, IGrainFactory grains, ReturnPaths paths, HttpContext http)
    {
        if (paths.For(http.Request) is not { } addresses)
        {
            return paths.IsConfigured ? PaymentProblems.BadHost : PaymentProblems.NotConfigured;
        }

        var call = (Subscription: grains.Subscription(caller.UserId), addresses);
        return await Once.More(call, static call => call.Subscription.OpenCheckout(call.addresses)) switch
        {
            CheckoutOutcome.Open open => TypedResults.Ok(new CheckoutResponse(open.Url, open.CheckoutId)),
            CheckoutOutcome.AlreadySubscribed already => PaymentProblems.AlreadySubscribed(already.PortalUrl),
            CheckoutOutcome.Unavailable => PaymentProblems.Unavailable,
            CheckoutOutcome.Refused => PaymentProblems.Refused,
            CheckoutOutcome.NotConfigured => PaymentProblems.NotConfigured,
            CheckoutOutcome.UserAbsent => Problems.Unauthorized,
            var other => throw new NotSupportedException(other.GetType().Name),
        };
    }

    private static async Task<IResult> Portal(Caller caller, IGrainFactory grains, ReturnPaths paths, HttpContext http)
    {
        if (paths.For(http.Request) is not { } addresses)
        {
            return paths.IsConfigured ? PaymentProblems.BadHost : PaymentProblems.NotConfigured;
        }

        var call = (Subscription: grains.Subscription(caller.UserId), addresses.Return);
        return await Once.More(call, static call => call.Subscription.OpenPortal(call.Return)) switch
        {
            PortalOutcome.Open open => TypedResults.Ok(new PortalResponse(open.Url)),
            PortalOutcome.NoCustomer => PaymentProblems.NoCustomer,
            PortalOutcome.Unavailable => PaymentProblems.Unavailable,
            PortalOutcome.Refused => PaymentProblems.Refused,
            PortalOutcome.NotConfigured => PaymentProblems.NotConfigured,
            var other => throw new NotSupportedException(other.GetType().Name),
        };
    }

    // A session_id that is not the caller's latest checkout changes nothing: it only says that it is time to look.
    private static async Task<IResult> Status(
        Caller caller,
        IGrainFactory grains,
        [Microsoft.AspNetCore.Mvc.FromQuery(Name = "session_id")] string? checkoutId,
        CancellationToken cancellationToken)
    {
        var subscription = grains.Subscription(caller.UserId);
        var status = checkoutId is { Length: > 0 and <= LongestCheckoutId } id
            ? await Once.More((subscription, id), static call => call.subscription.ConfirmCheckout(call.id))
            : await Patient.Ask(subscription, static subscription => subscription.GetStatus(), cancellationToken);
        return TypedResults.Ok(SubscriptionResponse.Of(caller.UserId, status));
    }
}

using GeminiChat.Gateway.Auth;
using GeminiChat.GrainInterfaces.Subscriptions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace GeminiChat.Gateway.Payments;

/// <summary>Subscribing to Pro, and managing the subscription.</summary>
internal static class PaymentEndpoints
{
    // The ids of Stripe's checkouts are much shorter.
    private const int MaxCheckoutIdLength = 255;

    public static void AddPayments(this IServiceCollection services)
    {
        services.AddSingleton<WebhookSignatureVerifier>();
        services.AddSingleton<WebhookConcurrencyLimiter>();
        services.AddSingleton<PaymentReturnUrls>();
    }

    public static void MapPayments(this IEndpointRouteBuilder app)
    {
        var payments = app.MapGroup("/payments").WithTags("Payments");
        var own = payments.MapGroup("").RequireAuthorization();
        own.MapPost("/subscribe/pro", Subscribe).WithName("subscribe").WithSummary("Open a checkout for Pro. If one is open or unpaid, the same is returned")
            .WithDescription(
                "Send the user to `checkout_url`. The tier changes when Stripe has told of the payment, or when "
                + "`GET /payments/subscription/status` is asked with `session_id`.")
            .Produces(PaymentExamples.Checkout).ProducesProblem(PaymentProblems.AlreadySubscribed(PaymentExamples.Portal.PortalUrl))
            .ProducesProblem(PaymentProblems.BadHost, PaymentProblems.Refused, PaymentProblems.Unavailable, PaymentProblems.NotConfigured);
        own.MapPost("/portal", Portal).WithName("openPortal").WithSummary("Open the page on which the subscription is managed")
            .WithDescription("Send the user to `portal_url` at once.")
            .Produces(PaymentExamples.Portal).ProducesProblem(PaymentProblems.NoCustomer)
            .ProducesProblem(PaymentProblems.BadHost, PaymentProblems.Refused, PaymentProblems.Unavailable, PaymentProblems.NotConfigured);
        own.MapGet("/subscription/status", Status)
            .WithName("getSubscription").WithSummary("The subscription. With session_id, the result of that checkout is read first")
            .WithDescription("What the subscription gives, as last read from Stripe.")
            .Produces(PaymentExamples.Status);
        payments.MapPost("/webhook/stripe", StripeWebhook.Receive).WithName("takeStripeEvent").WithSummary("Stripe's events")
            .WithDescription("For Stripe only: the signature is checked over the raw body.")
            .WithRequestHeader(StripeWebhook.SignatureHeader).WithMetadata(new RequestSizeLimitAttribute(StripeWebhook.MaxBodyBytes))
            .Accepts<object>(JsonInput.MediaType).WithMetadata(new RequestExample(() => PaymentExamples.Event, Invalid: null))
            .Produces(new WebhookResponse("success")).ProducesProblem(PaymentProblems.BadSignature, PaymentProblems.NotAnEvent)
            .ProducesProblem(PaymentProblems.BodyTooLarge, PaymentProblems.NotConfigured, PaymentProblems.TooManyWebhooks);
    }

    private static async Task<Results<Ok<CheckoutResponse>, Problem>> Subscribe(Caller caller, IGrainFactory grains, PaymentReturnUrls paths, HttpContext http)
    {
        if (paths.Create(http.Request) is not { } addresses)
        {
            return paths.IsConfigured ? PaymentProblems.BadHost : PaymentProblems.NotConfigured;
        }

        var subscription = grains.Subscription(caller.UserId);
        return await GrainCalls.RetryOnceAsync(() => subscription.OpenCheckout(addresses)) switch
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

    private static async Task<Results<Ok<PortalResponse>, Problem>> Portal(Caller caller, IGrainFactory grains, PaymentReturnUrls paths, HttpContext http)
    {
        if (paths.Create(http.Request) is not { } addresses)
        {
            return paths.IsConfigured ? PaymentProblems.BadHost : PaymentProblems.NotConfigured;
        }

        var subscription = grains.Subscription(caller.UserId);
        return await GrainCalls.RetryOnceAsync(() => subscription.OpenPortal(addresses.ReturnUrl)) switch
        {
            PortalOutcome.Open open => TypedResults.Ok(new PortalResponse(open.Url)),
            PortalOutcome.NoCustomer => PaymentProblems.NoCustomer,
            PortalOutcome.Unavailable => PaymentProblems.Unavailable,
            PortalOutcome.Refused => PaymentProblems.Refused,
            PortalOutcome.NotConfigured => PaymentProblems.NotConfigured,
            var other => throw new NotSupportedException(other.GetType().Name),
        };
    }

    // A session_id of another checkout changes nothing. It only causes a check.
    private static async Task<Ok<SubscriptionResponse>> Status(
        Caller caller,
        IGrainFactory grains,
        [FromQuery(Name = "session_id")] string? checkoutId,
        CancellationToken cancellationToken)
    {
        var subscription = grains.Subscription(caller.UserId);
        var status = checkoutId is { Length: > 0 and <= MaxCheckoutIdLength } id
            ? await GrainCalls.RetryOnceAsync(() => subscription.ConfirmCheckout(id))
            : await GrainCalls.RetryAsync(() => subscription.GetStatus(), cancellationToken);
        return TypedResults.Ok(SubscriptionResponse.Of(caller.UserId, status));
    }
}

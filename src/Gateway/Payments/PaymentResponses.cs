using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using GeminiChat.GrainInterfaces.Subscriptions;

namespace GeminiChat.Gateway.Payments;

/// <summary>A checkout, or the invoice of a subscription whose first payment is still to be made.</summary>
/// <param name="CheckoutUrl">The page on which to pay.</param>
/// <param name="SessionId">Stripe's id of it.</param>
internal sealed record CheckoutResponse(string CheckoutUrl, string SessionId);

/// <summary>The page on which a subscription is managed.</summary>
/// <param name="PortalUrl">Good for minutes.</param>
internal sealed record PortalResponse(string PortalUrl);

/// <summary>The answer to an event.</summary>
/// <param name="Status">Always <c>success</c>.</param>
internal sealed record WebhookResponse([property: AllowedValues("success")] string Status);

/// <summary>A user's subscription.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Subscription"><c>Basic</c> or <c>Pro</c>: what it gives now.</param>
/// <param name="Status">Stripe's word, such as <c>active</c> or <c>past_due</c>; <c>none</c> without a subscription.</param>
/// <param name="CurrentPeriodEnd">Null without a subscription.</param>
/// <param name="CancelAtPeriodEnd">Whether it ends then for good.</param>
internal sealed record SubscriptionResponse(
    Guid UserId,
    [property: EnumNames<Tier>] string Subscription,
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? CurrentPeriodEnd,
    bool CancelAtPeriodEnd)
{
    public static SubscriptionResponse Of(Guid userId, SubscriptionStatus status) =>
        new(userId, status.Tier.ToString(), status.Status, status.CurrentPeriodEnd, status.CancelAtPeriodEnd);
}

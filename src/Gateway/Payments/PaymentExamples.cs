using System.Text.Json.Nodes;

namespace GeminiChat.Gateway.Payments;

/// <summary>Examples for the OpenAPI document.</summary>
internal static class PaymentExamples
{
    public static CheckoutResponse Checkout { get; } = new("https://checkout.stripe.com/c/pay/cs_test_a1Qx7", "cs_test_a1Qx7");

    public static PortalResponse Portal { get; } = new("https://billing.stripe.com/p/session/test_YWNjdF8x");

    public static SubscriptionResponse Status { get; } =
        new(Example.UserId, "Pro", "active", Example.Time.AddDays(28), CancelAtPeriodEnd: false);

    public static JsonNode Event => new JsonObject
    {
        ["id"] = "evt_1SvQ2e",
        ["object"] = "event",
        ["type"] = "customer.subscription.updated",
        ["created"] = Example.Time.ToUnixTimeSeconds(),
        ["livemode"] = false,
        ["data"] = new JsonObject { ["object"] = new JsonObject { ["id"] = "sub_1SvQ2c", ["object"] = "subscription" } },
    };
}

using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace GeminiChat.Fakes;

/// <summary>The paths of Stripe's interface.</summary>
internal static class StripeEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, StripeRequestHandler pipeline)
    {
        Add("POST", "/v1/customers", (books, form, _) => books.CreateCustomer(form));
        Add("GET", "/v1/customers/{id}", (books, _, id) => books.ReadCustomer(id));
        Add("DELETE", "/v1/customers/{id}", (books, _, id) => books.DeleteCustomer(id));
        Add("POST", "/v1/checkout/sessions", (books, form, _) => books.CreateCheckout(form));
        Add("GET", "/v1/checkout/sessions/{id}", (books, _, id) => books.ReadCheckout(id));
        Add("POST", "/v1/checkout/sessions/{id}/expire", (books, _, id) => books.ExpireCheckout(id));
        Add("POST", "/v1/billing_portal/sessions", (books, form, _) => books.CreatePortal(form));
        Add("GET", "/v1/subscriptions", (books, form, _) => books.ListSubscriptions(form));
        Add("GET", "/v1/subscriptions/{id}", (books, form, id) => books.ReadSubscription(form, id));
        Add("DELETE", "/v1/subscriptions/{id}", (books, _, id) => books.CancelSubscription(id));
        Add("GET", "/v1/events", (books, form, _) => books.ListEvents(form));
        routes.MapFallback(context => pipeline.Run(context, (_, _) => throw new FakeStripeError(
            404, "invalid_request_error", $"Unrecognized request URL ({context.Request.Method}: {context.Request.Path}).")));

        void Add(string method, string path, Func<FakeStripeAccount, StripeForm, string, JsonObject> act) =>
            routes.MapMethods(path, [method], context => pipeline.Run(
                context, (books, form) => act(books, form, (string?)context.GetRouteValue("id") ?? "")));
    }
}

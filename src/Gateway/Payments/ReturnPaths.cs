using GeminiChat.Gateway.Settings;
using GeminiChat.GrainInterfaces.Subscriptions;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Payments;

/// <summary>Where Stripe's pages lead back to: the page of this service, at the address that its users know.</summary>
internal sealed class ReturnPaths(IOptions<PublicAddress> address)
{
    public ReturnAddresses For(HttpRequest request)
    {
        var origin = address.Value.PublicUrl ?? $"{request.Scheme}://{request.Host.ToUriComponent()}";
        return new ReturnAddresses(
            $"{origin}/?checkout=success&session_id={{CHECKOUT_SESSION_ID}}", $"{origin}/?checkout=cancelled", $"{origin}/");
    }
}

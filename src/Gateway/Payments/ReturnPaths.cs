using GeminiChat.Gateway.Settings;
using GeminiChat.GrainInterfaces.Subscriptions;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Payments;

/// <summary>Where Stripe's pages lead back to: the page of this service, at the address that its users know.</summary>
internal sealed class ReturnPaths(IOptions<PublicAddress> address)
{
    /// <summary>Null when the request came in on what is no address.</summary>
    public ReturnAddresses? For(HttpRequest request) => (address.Value.PublicUrl ?? OriginOf(request)) is { } origin
        ? new ReturnAddresses(
            $"{origin}/?checkout=success&session_id={{CHECKOUT_SESSION_ID}}", $"{origin}/?checkout=cancelled", $"{origin}/")
        : null;

    // The header as it came: request.Host throws at some, and the web server takes others that no URI can have.
    private static string? OriginOf(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Headers.Host}", UriKind.Absolute, out var uri)
            ? uri.GetLeftPart(UriPartial.Authority)
            : null;
}

using GeminiChat.Gateway.Settings;
using GeminiChat.GrainInterfaces.Subscriptions;

namespace GeminiChat.Gateway.Payments;

/// <summary>Where Stripe's pages lead back to: the page of this service, at the address that its users know.</summary>
/// <remarks>A request says itself where it went to, so that is believed in Development only.</remarks>
internal sealed class PaymentReturnUrls(IOptions<PublicUrlOptions> address, IHostEnvironment environment)
{
    /// <summary>Whether there is an address to lead back to. Without one there are no payments.</summary>
    public bool IsConfigured => address.Value.PublicUrl is not null || environment.IsDevelopment();

    /// <summary>Null when the request came in on what is no address, or none is configured.</summary>
    public ReturnUrls? Create(HttpRequest request) => Origin(request) is { } origin
        ? new ReturnUrls(
            $"{origin}/?checkout=success&session_id={{CHECKOUT_SESSION_ID}}", $"{origin}/?checkout=cancelled", $"{origin}/")
        : null;

    private string? Origin(HttpRequest request) =>
        address.Value.PublicUrl ?? (environment.IsDevelopment() ? OriginOf(request) : null);

    // The header as it came: request.Host throws at some, and the web server takes others that no URI can have.
    private static string? OriginOf(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Headers.Host}", UriKind.Absolute, out var uri)
            ? uri.GetLeftPart(UriPartial.Authority)
            : null;
}

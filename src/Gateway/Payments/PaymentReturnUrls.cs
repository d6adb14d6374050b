using GeminiChat.Gateway.Settings;
using GeminiChat.GrainInterfaces.Subscriptions;

namespace GeminiChat.Gateway.Payments;

/// <summary>The addresses to which Stripe's pages send users back.</summary>
/// <remarks>The host of a request is used in Development only, because clients can forge it.</remarks>
internal sealed class PaymentReturnUrls(IOptions<PublicUrlOptions> address, IHostEnvironment environment)
{
    /// <summary>Without an address, payments are off.</summary>
    public bool IsConfigured => address.Value.PublicUrl is not null || environment.IsDevelopment();

    /// <summary>Null if there is no address, or the host of the request is malformed.</summary>
    public ReturnUrls? Create(HttpRequest request) => Origin(request) is { } origin
        ? new ReturnUrls(
            $"{origin}/?checkout=success&session_id={{CHECKOUT_SESSION_ID}}", $"{origin}/?checkout=cancelled", $"{origin}/")
        : null;

    private string? Origin(HttpRequest request) =>
        address.Value.PublicUrl ?? (environment.IsDevelopment() ? PublicUrlOptions.OriginOf(request) : null);
}

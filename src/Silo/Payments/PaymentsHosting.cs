using System.Diagnostics;
using System.Net;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GeminiChat.Silo.Payments;

/// <summary>Registers the payment provider.</summary>
internal static class PaymentsHosting
{
    // Far more than a page of a hundred events needs.
    private const int MaxResponseBytes = 16 * 1024 * 1024;

    /// <summary>Adds the <see cref="IPaymentProvider"/>: Stripe if there is a key, else <see cref="DisabledPayments"/>.</summary>
    public static IServiceCollection AddPayments(this IServiceCollection services)
    {
        services.AddSettings<StripeOptions>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<StripeEventReader>();
        services.AddSingleton<IPaymentProvider>(provider =>
            provider.GetRequiredService<IOptions<StripeOptions>>().Value is { HasKey: true } options
                ? ActivatorUtilities.CreateInstance<StripePayments>(provider, CreateHttpClient(options.ApiBase))
                : new DisabledPayments());
        services.AddSingleton(provider => CreateReportLine(provider.GetRequiredService<IOptions<StripeOptions>>().Value));
        return services;
    }

    private static StartupReportLine CreateReportLine(StripeOptions options) => options switch
    {
        { HasKey: false } => new StartupReportLine("payments", "off", "STRIPE_SECRET_KEY is not set: nobody can subscribe."),
        { IsLive: false } => new StartupReportLine("payments", "Stripe, test mode"),
        _ => new StartupReportLine("payments", "Stripe"),
    };

    /// <summary>A connection pool for Stripe at this origin, through the proxy of HTTPS_PROXY, if any.</summary>
    /// <remarks>Without a factory, which would log the requests. Without redirects, so that only the configured origin gets the
    /// key.</remarks>
    public static HttpClient CreateHttpClient(string apiBase) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = !new Uri(apiBase).IsLoopback,
        UseCookies = false,
        // Calls are traced, but no trace headers are sent.
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        AutomaticDecompression = DecompressionMethods.GZip,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        // Every call has its own timeout for all of its attempts.
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MaxResponseBytes,
    };
}

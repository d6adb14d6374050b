using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GeminiChat.Fakes;

/// <summary>
/// Stripe, faked on a real socket, as far as subscriptions need it: customers, checkouts, the portal, subscriptions,
/// events and webhooks. It keeps books, and idempotency keys as Stripe does; a test plays the user and the time.
/// </summary>
public sealed class FakeStripe : IAsyncDisposable
{
    /// <summary>The key that is accepted, unless the options say otherwise.</summary>
    public const string Key = "sk_test_fake";

    /// <summary>The price of Pro, unless the options say otherwise.</summary>
    public const string Price = "price_pro";

    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<StripeFault> _next = new();
    private Func<StripeCall, StripeFault?> _fault = _ => null;

    private FakeStripe(FakeStripeOptions options)
    {
        Options = options;
        Account = new FakeStripeAccount(options);
        Webhooks = new WebhookSender(options.Time);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.Services.AddSingleton<IHostLifetime, NoopHostLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        _app = builder.Build();
        StripeEndpoints.Map(_app, new StripeRequestHandler(this));
    }

    /// <summary>The origin to point clients at, without a slash at the end.</summary>
    public string BaseUrl => _app.Services.GetRequiredService<IServer>()
        .Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First().TrimEnd('/');

    /// <summary>What was asked, in the order of arrival.</summary>
    public StripeCallLog Calls { get; } = new();

    /// <summary>What there is: customers, checkouts, subscriptions and events. A test changes it as users and time do.</summary>
    public FakeStripeAccount Account { get; }

    /// <summary>Sends events to an endpoint.</summary>
    public WebhookSender Webhooks { get; }

    internal FakeStripeOptions Options { get; }

    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>Starts a server.</summary>
    public static async Task<FakeStripe> Start(FakeStripeOptions? options = null)
    {
        var fake = new FakeStripe(options ?? new());
        await fake._app.StartAsync();
        return fake;
    }

    /// <summary>Goes wrong in these ways at the next calls, one each, before anything else.</summary>
    public void EnqueueFaults(params ReadOnlySpan<StripeFault> faults)
    {
        foreach (var fault in faults)
        {
            _next.Enqueue(fault);
        }
    }

    /// <summary>Goes wrong in this way at every call that has no fault of its own; null for all is well.</summary>
    public void SetFault(StripeFault? fault) => SetFaultSelector(_ => fault);

    /// <summary>Chooses how calls go wrong that have no fault of their own; null for all is well.</summary>
    public void SetFaultSelector(Func<StripeCall, StripeFault?> fault) => _fault = fault;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Webhooks.Dispose();
        _stopping.Dispose();
    }

    internal StripeFault? FaultFor(StripeCall call) => _next.TryDequeue(out var next) ? next : _fault(call);

    // The usual lifetime would take the signals that are to end the process of the tests.
    private sealed class NoopHostLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

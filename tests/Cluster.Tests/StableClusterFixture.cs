using System.Net;
using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Fakes;

namespace GeminiChat.Cluster.Tests;

/// <summary>
/// A cluster whose members have certificates, where some messages a day are free, and more are for those who have paid.
/// Its gateways start before its silos.
/// </summary>
public sealed class StableClusterFixture : ClusterFixture
{
    public const int BasicLimit = 50;
    public const int ProLimit = 1000;

    private readonly TemporaryFolder _folder = new();
    private readonly List<int> _ports = [];
    private FakeStripe? _stripe;

    public FakeStripe Stripe => _stripe!;

    /// <summary>An issuer whose tokens the gateways accept.</summary>
    public FakeIssuer Issuer { get; private set; } = null!;

    public TestCertificateAuthority Authority { get; } = new("cluster");

    /// <summary>The ports for silos and for gateways, of each silo.</summary>
    public IReadOnlyList<int> Ports => _ports;

    /// <summary>What the gateways' probes answered when there was no silo yet.</summary>
    public IReadOnlyList<HttpStatusCode> ReadinessBeforeSilos { get; private set; } = [];

    protected override int Gateways => 2;

    protected override (string Name, string Value)[] Settings =>
    [
        .. Renew(),
        ("SILO_ADDRESS", "127.0.0.1"),
        ("BASIC_DAILY_MESSAGES", $"{BasicLimit}"),
        ("PRO_DAILY_MESSAGES", $"{ProLimit}"),
        ("STRIPE_SECRET_KEY", FakeStripe.Key),
        ("STRIPE_PRO_PRICE_ID", FakeStripe.Price),
        ("STRIPE_WEBHOOK_SECRET", WebhookSender.Secret),
        ("STRIPE_API_BASE", Stripe.BaseUrl),
        ("OIDC_ISSUER", Issuer.Issuer),
        ("OIDC_AUDIENCE", FakeIssuer.Audience),
    ];

    /// <summary>Writes another certificate into the files that all members have.</summary>
    public (string Name, string Value)[] Renew() => Authority.Issue().Write(_folder.Path, Authority);

    public override async ValueTask InitializeAsync()
    {
        _stripe = await FakeStripe.Start();
        Issuer = await FakeIssuer.Start();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Stripe.DisposeAsync();
        await Issuer.DisposeAsync();
        Authority.Dispose();
        _folder.Dispose();
    }

    internal override async Task BeforeSilosStart(RunningCluster cluster)
    {
        await Task.WhenAll(cluster.Gateways.Select(gateway => gateway.WaitUntilLive()));
        ReadinessBeforeSilos = await Task.WhenAll(cluster.Gateways.Select(async gateway =>
        {
            using var ready = await gateway.Http.GetAsync("/health/ready");
            return ready.StatusCode;
        }));
    }

    protected override (string Name, string Value)[] SettingsOfSilo(int number)
    {
        int[] ports = [Running.Ports.FindFree(), Running.Ports.FindFree()];
        _ports.AddRange(ports);
        return [("SILO_PORT", $"{ports[0]}"), ("SILO_GATEWAY_PORT", $"{ports[1]}")];
    }
}

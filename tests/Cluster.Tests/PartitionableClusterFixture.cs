using System.Net;
using GeminiChat.Cluster.Tests.Servers;

namespace GeminiChat.Cluster.Tests;

/// <summary>A cluster whose silos reach each other over links that can be cut. Gateways reach them past those.</summary>
public sealed class PartitionableClusterFixture : ClusterFixture
{
    private readonly TcpProxy[] _links = [Link(), Link()];

    /// <summary>The receiver of the cluster's webhooks.</summary>
    internal FakeWebhookReceiver Receiver { get; private set; } = null!;

    protected override int Gateways => 2;

    protected override (string Name, string Value)[] Settings => Receiver.Settings;

    /// <summary>Lets silos hear nothing from each other any more.</summary>
    public void Block() => Array.ForEach(_links, link => link.Block());

    public void Unblock() => Array.ForEach(_links, link => link.Unblock());

    public override async ValueTask InitializeAsync()
    {
        Receiver = await FakeWebhookReceiver.Start();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Receiver.DisposeAsync();
        foreach (var link in _links)
        {
            await link.DisposeAsync();
        }
    }

    internal override Task<RunningCluster> GetHealthyCluster()
    {
        Unblock();
        return base.GetHealthyCluster();
    }

    // The second is Orleans' own setting for where to listen when others know another port.
    protected override (string Name, string Value)[] SettingsOfSilo(int number) =>
    [
        ("SILO_PORT", $"{_links[number].Port}"),
        ("Orleans__Endpoints__SiloListeningEndpoint", $"0.0.0.0:{_links[number].Server.Port}"),
    ];

    private static TcpProxy Link() => new(new IPEndPoint(IPAddress.Loopback, Ports.FindFree()));
}

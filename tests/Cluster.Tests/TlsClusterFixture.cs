namespace GeminiChat.Cluster.Tests;

/// <summary>A cluster whose members have certificates.</summary>
public sealed class TlsClusterFixture : ClusterFixture
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<int> _ports = [];

    public TestCertificateAuthority Authority { get; } = new("cluster");

    /// <summary>The ports for silos and for gateways, of each silo.</summary>
    public IReadOnlyList<int> Ports => _ports;

    /// <summary>Writes another certificate into the files that all members have.</summary>
    public (string Name, string Value)[] Renew() => Authority.Issue().Write(_folder.Path, Authority);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Authority.Dispose();
        _folder.Dispose();
    }

    protected override (string Name, string Value)[] Settings => [.. Renew(), ("SILO_ADDRESS", "127.0.0.1")];

    protected override (string Name, string Value)[] SettingsOfSilo(int number)
    {
        int[] ports = [Running.Ports.FindFree(), Running.Ports.FindFree()];
        _ports.AddRange(ports);
        return [("SILO_PORT", $"{ports[0]}"), ("SILO_GATEWAY_PORT", $"{ports[1]}")];
    }
}

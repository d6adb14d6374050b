namespace GeminiChat.Silo.Hosting;

/// <summary>Counts the silos that a client of the cluster is connected to. Thread-safe.</summary>
internal sealed class ClusterConnection : IClusterConnectionStatusObserver
{
    private int _silos;

    public bool IsOpen => Volatile.Read(ref _silos) > 0;

    public void NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered) =>
        Volatile.Write(ref _silos, currentNumberOfGateways);

    public void NotifyClusterConnectionLost() => Volatile.Write(ref _silos, 0);
}

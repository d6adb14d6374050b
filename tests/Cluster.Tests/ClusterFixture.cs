using GeminiChat.Cluster.Tests.Servers;

// A cluster for each collection of classes, which waits most of the time.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]

namespace GeminiChat.Cluster.Tests;

/// <summary>Two silos and a gateway for a collection of test classes. Fixtures with other settings derive from it.</summary>
public class ClusterFixture : IAsyncLifetime
{
    private const int Silos = 2;

    // Many programs that start side by side would all be late.
    private static readonly SemaphoreSlim StartLock = new(1);

    private RunningCluster? _cluster;

    protected virtual int Gateways => 1;

    /// <summary>Settings of all silos and gateways.</summary>
    protected virtual (string Name, string Value)[] Settings => [];

    /// <summary>Settings of one silo, beside those.</summary>
    protected virtual (string Name, string Value)[] SettingsOfSilo(int number) => [];

    /// <summary>Called when the gateways were started and no silo was.</summary>
    internal virtual Task BeforeSilosStart(RunningCluster cluster) => Task.CompletedTask;

    public virtual async ValueTask InitializeAsync()
    {
        if (!RunningCluster.IsPossible)
        {
            return;
        }

        await StartLock.WaitAsync();
        try
        {
            await Start();
        }
        finally
        {
            StartLock.Release();
        }
    }

    public virtual async ValueTask DisposeAsync()
    {
        await (_cluster?.DisposeAsync() ?? ValueTask.CompletedTask);
        GC.SuppressFinalize(this);
    }

    /// <summary>The cluster as it was started: all of its members ready, and no others.</summary>
    internal virtual async Task<RunningCluster> GetHealthyCluster()
    {
        RunningCluster.SkipUnlessPossible();
        await _cluster!.RemoveSilosAfter(Silos);
        await _cluster.RestartStoppedMembers();
        return _cluster;
    }

    private async Task Start()
    {
        _cluster = await RunningCluster.Start(settings: Settings);
        for (var i = 0; i < Gateways; i++)
        {
            _cluster.LaunchGateway();
        }

        await BeforeSilosStart(_cluster);
        for (var i = 0; i < Silos; i++)
        {
            _cluster.LaunchSilo(SettingsOfSilo(i));
        }

        await _cluster.RestartStoppedMembers();
    }
}

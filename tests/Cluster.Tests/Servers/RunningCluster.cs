using GeminiChat.Fakes;
using GeminiChat.Running.Chaos;

namespace GeminiChat.Cluster.Tests.Servers;

/// <summary>A cluster as an operator runs it, of real processes: PostgreSQL, Redis, silos and gateways; Gemini is fake.</summary>
/// <remarks>
/// Each silo has a key of its own for Gemini, so that the calls tell who holds a room. Members stay in their lists when
/// they have ended, and can be started again there.
/// </remarks>
internal sealed class RunningCluster : ServiceUnderTest, IAsyncDisposable
{
    private const string KeyHeader = "x-goog-api-key";

    private readonly TemporaryFolder _folder = new();
    private readonly List<SiloProcess> _silos = [];
    private readonly List<GatewayProcess> _gateways = [];
    private readonly (string Name, string Value)[] _settings;
    private int _nextGateway;

    private RunningCluster((string Name, string Value)[] settings) => _settings = settings;

    public PostgresServer Postgres { get; private set; } = null!;

    public RedisServer Redis { get; private set; } = null!;

    public FakeGemini Gemini { get; private set; } = null!;

    public IReadOnlyList<SiloProcess> Silos => _silos;

    public IReadOnlyList<GatewayProcess> Gateways => _gateways;

    /// <summary>Any gateway of those that run, each in its turn.</summary>
    public override Task<GatewayProcess> Gateway => AnyGateway();

    /// <summary>Whether what a cluster needs is installed.</summary>
    public static bool IsPossible => RedisServer.IsInstalled && PostgresServer.IsInstalled;

    /// <summary>Skips the test when a cluster is not possible.</summary>
    public static void SkipUnlessPossible()
    {
        Assert.SkipUnless(RedisServer.IsInstalled, "Needs Redis: apt-get install redis-server");
        Assert.SkipUnless(PostgresServer.IsInstalled, "Needs PostgreSQL: apt-get install postgresql");
    }

    /// <summary>Starts the servers that a cluster needs; members are added then.</summary>
    /// <param name="isRedisPersistent">Whether Redis has a file.</param>
    /// <param name="settings">Of all silos and gateways.</param>
    public static async Task<RunningCluster> Start(bool isRedisPersistent = true, params (string Name, string Value)[] settings)
    {
        var cluster = new RunningCluster(settings);
        try
        {
            cluster.Gemini = await FakeGemini.Start(new() { Key = null, Conversation = request => request.System ?? request.FirstText });
            cluster.Redis = await RedisServer.Start(cluster._folder.Path, isRedisPersistent);
            cluster.Postgres = await PostgresServer.Start(cluster._folder.Path);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The number in <see cref="Silos"/> of the silo that made a call of the model.</summary>
    public static int SiloOf(RecordedRequest call) => int.Parse(call.Headers[KeyHeader].Split('-')[^1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>kill -9 of the silo that makes the newest call of the model with this question.</summary>
    public Task KillSiloOfCall(string question) => _silos[SiloOf(Gemini.Calls.Requests.Last(call => call.LastText == question))].Kill();

    /// <summary>Starts a silo more, and does not wait until it has joined.</summary>
    public SiloProcess LaunchSilo(params (string Name, string Value)[] settings)
    {
        var silo = SiloProcess.Launch(
            _folder.Path, [.. Settings, ("DATABASE_URL", Postgres.Url), ("GEMINI_API_KEY", $"silo-{_silos.Count}"), .. _settings, .. settings]);
        _silos.Add(silo);
        return silo;
    }

    /// <summary>Starts a gateway more, and does not wait until it has found a silo.</summary>
    public GatewayProcess LaunchGateway()
    {
        var gateway = GatewayProcess.Launch(_folder.Path, [.. Settings, .. _settings]);
        _gateways.Add(gateway);
        return gateway;
    }

    /// <summary>Starts a gateway that knows the cluster and is no member of it, with settings of its own.</summary>
    public GatewayProcess LaunchExtraGateway(params (string Name, string Value)[] settings) =>
        GatewayProcess.Launch(_folder.Path, [.. Settings, .. _settings, .. settings]);

    /// <summary>Starts again what has ended; done when all members are ready.</summary>
    public async Task RestartStoppedMembers()
    {
        var ended = Members.Where(member => member.HasExited || member.IsStopping).ToList();
        await Task.WhenAll(ended.Select(member => member.Restart()));
        await Task.WhenAll(Members.Select(member => member.WaitUntilReady()));
    }

    /// <summary>Ends the silos that joined after the first ones, and forgets them.</summary>
    public async Task RemoveSilosAfter(int count)
    {
        foreach (var silo in _silos.Skip(count))
        {
            if (!silo.HasExited)
            {
                await silo.Stop();
            }

            await silo.DisposeAsync();
        }

        _silos.RemoveRange(count, _silos.Count - count);
    }

    public async ValueTask DisposeAsync()
    {
        ServerProcess?[] servers = [.. Members, Postgres, Redis];
        foreach (var server in servers)
        {
            await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        await (Gemini?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    protected override bool IsStopped(GatewayProcess gateway) => gateway.IsStopping;

    private IEnumerable<WebProcess> Members => [.. _gateways, .. _silos];

    private (string Name, string Value)[] Settings =>
    [
        ("CLUSTERING", "redis"),
        ("REDIS_URL", Redis.Url),
        ("SECRET_KEY", new string('k', 32)),
        ("GEMINI_BASE_URL", Gemini.BaseUrl),
    ];

    private async Task<GatewayProcess> AnyGateway()
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var deadline = new CancellationTokenSource(RetryTimeout);
        while (true)
        {
            var gateways = _gateways.Where(gateway => !gateway.IsStopping && !gateway.HasExited).ToList();
            if (gateways.Count > 0)
            {
                return gateways[(int)((uint)Interlocked.Increment(ref _nextGateway) % gateways.Count)];
            }

            await look.WaitForNextTickAsync(deadline.Token);
        }
    }
}

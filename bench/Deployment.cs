
namespace GeminiChat.Bench;

/// <summary>Gateways that are measured, with the silos and the database behind them, each in a process of its own.</summary>
internal sealed class Deployment : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SiloProcess> _silos = [];
    private PostgresServer? _postgres;
    private RedisServer? _redis;

    private Deployment()
    {
    }

    public List<GatewayProcess> Gateways { get; } = [];

    public IEnumerable<string> Urls => Gateways.Select(gateway => gateway.Address.ToString());

    /// <summary>The CPU time of gateways and silos.</summary>
    public TimeSpan Cpu => Programs.Aggregate(TimeSpan.Zero, static (sum, program) => sum + ProcessUsage.Cpu(program.Id));

    /// <summary>The CPU time of PostgreSQL.</summary>
    public TimeSpan DatabaseCpu => _postgres is null ? TimeSpan.Zero
        : _postgres.Processes.Aggregate(TimeSpan.Zero, static (sum, process) => sum + ProcessUsage.Cpu(process));

    /// <summary>The working sets of gateways and silos, in bytes.</summary>
    public long Memory => Programs.Sum(static program => ProcessUsage.Memory(program.Id));

    private IEnumerable<WebProcess> Programs => [.. Gateways, .. _silos];

    /// <summary>One process with SQLite.</summary>
    public static Task<Deployment> StartOnSqlite(string model, params (string Name, string Value)[] settings) =>
        Start(deployment => deployment.LaunchGateway(model, settings));

    /// <summary>One process with PostgreSQL.</summary>
    public static Task<Deployment> StartOnPostgres(string model) => Start(async deployment =>
    {
        deployment._postgres = await PostgresServer.Start(deployment._folder.Path);
        await deployment.LaunchGateway(model, ("DATABASE_URL", deployment._postgres.Url));
    });

    /// <summary>A cluster with PostgreSQL and Redis.</summary>
    public static Task<Deployment> StartCluster(string model, int silos, int gateways) => Start(async deployment =>
    {
        deployment._postgres = await PostgresServer.Start(deployment._folder.Path);
        deployment._redis = await RedisServer.Start(deployment._folder.Path, isPersistent: true);
        (string, string)[] cluster = [("CLUSTERING", "redis"), ("REDIS_URL", deployment._redis.Url), ("SECRET_KEY", new string('k', 32))];
        for (var i = 0; i < silos; i++)
        {
            var silo = SiloProcess.Launch(
                deployment._folder.Path, [.. Settings(model), .. cluster, ("DATABASE_URL", deployment._postgres.Url)]);
            deployment._silos.Add(silo);
            await silo.WaitUntilReady();
        }

        for (var i = 0; i < gateways; i++)
        {
            await deployment.LaunchGateway(model, cluster);
        }
    });

    public async ValueTask DisposeAsync()
    {
        foreach (var server in (ServerProcess?[])[.. Programs, _redis, _postgres])
        {
            await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        _folder.Dispose();
    }

    private static async Task<Deployment> Start(Func<Deployment, Task> start)
    {
        var deployment = new Deployment();
        try
        {
            await start(deployment);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    private static (string Name, string Value)[] Settings(string model) =>
    [
        ("GEMINI_API_KEY", "any"),
        ("GEMINI_BASE_URL", model),

        // The run-time's defaults (1E is 30 in hexadecimal). The programs that the tests start use other values.
        ("DOTNET_TieredPGO", "1"),
        ("DOTNET_TC_CallCountThreshold", "1E"),
    ];

    private async Task LaunchGateway(string model, params (string Name, string Value)[] settings) =>
        Gateways.Add(await GatewayProcess.Start(_folder.Path, [.. Settings(model), .. settings]));
}

using GeminiChat.Running;
using GeminiChat.Silo.Hosting;
using GeminiChat.Silo.Tests.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using StackExchange.Redis;

namespace GeminiChat.Silo.Tests.Hosting;

/// <summary>A silo whose cluster is listed in a real Redis.</summary>
public sealed class MembershipWatchTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new();
    private readonly TemporaryFolder _folder = new();
    private readonly RecordedTermination _ended = new();
    private readonly Looks _looks = new();
    private RedisServer _redis = null!;
    private IHost _silo = null!;
    private MembershipWatch _watch = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(RedisServer.IsInstalled, "Needs Redis: apt-get install redis-server");
        _redis = await RedisServer.Start(_folder.Path, keeps: true);
        _silo = await StartSilo();
        _watch = new MembershipWatch(
            _silo.Services.GetRequiredService<IMembershipTable>(),
            _silo.Services.GetRequiredService<IClusterMembershipService>(),
            _silo.Services.GetRequiredService<ILocalSiloDetails>(),
            _ended.Process,
            _time,
            _looks);
        await _watch.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_silo is not null)
        {
            // At once: leaving in order would wait for a table that a test has taken away.
            await _silo.StopAsync(new CancellationToken(canceled: true)).WaitAsync(Deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _watch.StopAsync(CancellationToken.None);
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task A_silo_that_the_table_has_lost_turns_red_and_then_ends_its_process()
    {
        await _redis.Clear();

        await Until(() => _watch.IsMissing);
        Assert.Equal(HealthStatus.Unhealthy, await Health());
        await Until(() => _ended.Times == 1);
    }

    [Fact]
    public async Task A_silo_goes_when_others_have_made_the_table_anew()
    {
        await _redis.Clear();
        using var newcomer = await StartSilo();

        await Until(() => _ended.Times == 1);
        await newcomer.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_table_that_cannot_be_read_is_not_a_lost_one()
    {
        await _redis.Kill();

        await Until(() => _looks.Failed >= 3);

        Assert.Equal(0, _ended.Times);
        Assert.Equal(HealthStatus.Healthy, await Health());
    }

    [Fact]
    public async Task When_it_can_be_read_again_others_get_a_sign_of_life_and_their_news_are_learnt()
    {
        await _redis.Kill();
        await Until(() => _looks.Failed >= 3);
        await _redis.Restart();
        var newcomer = await AddRow();

        await Until(() => _silo.Services.GetRequiredService<IClusterMembershipService>().CurrentSnapshot.Members.ContainsKey(newcomer));
        var own = await Table.ReadRowAsync(_silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress, TestContext.Current.CancellationToken);

        // Orleans' own sign of life has another clock.
        Assert.InRange(own.Members[0].Item1.IAmAliveTime, DateTime.MinValue, _time.GetUtcNow().UtcDateTime);
        Assert.Equal(0, _ended.Times);
    }

    private IMembershipTable Table => _silo.Services.GetRequiredService<IMembershipTable>();

    /// <summary>Lists a silo that tells nobody.</summary>
    private async Task<SiloAddress> AddRow()
    {
        var address = SiloAddress.New(System.Net.IPAddress.Loopback, Ports.Free(), 1);
        var table = await WhenItCanBeRead(() => Table.ReadAllAsync(TestContext.Current.CancellationToken));
        var row = new MembershipEntry
        {
            SiloAddress = address,
            SiloName = "newcomer",
            HostName = "localhost",
            Status = SiloStatus.Joining,
            StartTime = TimeProvider.System.GetUtcNow().UtcDateTime,
            IAmAliveTime = TimeProvider.System.GetUtcNow().UtcDateTime,
        };
        Assert.True(await Table.InsertRowAsync(row, table.Version.Next(), TestContext.Current.CancellationToken));
        return address;
    }

    /// <summary>The silo's connection comes back a moment after Redis.</summary>
    private static async Task<T> WhenItCanBeRead<T>(Func<Task<T>> read)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                return await read();
            }
            catch (RedisException)
            {
                await retry.WaitForNextTickAsync(deadline.Token);
            }
        }
    }

    private async Task<HealthStatus> Health() =>
        (await new MembershipHealthCheck(_watch).CheckHealthAsync(new HealthCheckContext())).Status;

    private async Task Until(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!condition())
        {
            await retry.WaitForNextTickAsync(deadline.Token);
            _time.Advance(MembershipWatch.Interval);
        }
    }

    private async Task<IHost> StartSilo()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleans(silo => silo
            .UseRedisClustering(options => options.ConfigurationOptions = ConfigurationOptions.Parse(_redis.Address))
            .Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = ("test", "test"))
            // How long a leaving silo tries to write its row.
            .Configure<ClusterMembershipOptions>(options => options.MaxJoinAttemptTime = TimeSpan.FromSeconds(5))
            .Configure<EndpointOptions>(options => (options.SiloPort, options.GatewayPort) = (Ports.Free(), 0)));
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>Counts the looks at the table that failed.</summary>
    private sealed class Looks : ILogger<MembershipWatch>
    {
        private int _failed;

        public int Failed => Volatile.Read(ref _failed);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Interlocked.Increment(ref _failed);
    }
}

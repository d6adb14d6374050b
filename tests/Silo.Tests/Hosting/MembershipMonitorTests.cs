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
public sealed class MembershipMonitorTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly TemporaryFolder _folder = new();
    private readonly RecordedTermination _ended = new();
    private readonly ReadFailureCounter _looks = new();
    private RedisServer _redis = null!;
    private IHost _silo = null!;
    private MembershipMonitor _monitor = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(RedisServer.IsInstalled, "Needs Redis: apt-get install redis-server");
        _redis = await RedisServer.Start(_folder.Path, isPersistent: true);
        _silo = await StartSilo();
        _monitor = new MembershipMonitor(
            _silo.Services.GetRequiredService<IMembershipTable>(),
            _silo.Services.GetRequiredService<IClusterMembershipService>(),
            _silo.Services.GetRequiredService<ILocalSiloDetails>(),
            _ended.Terminator,
            _time,
            _looks);
        await _monitor.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_silo is not null)
        {
            // At once: leaving in order would wait for a table that a test has taken away.
            await _silo.StopAsync(new CancellationToken(canceled: true)).WaitAsync(Deadline.Timeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _monitor.StopAsync(CancellationToken.None);
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task A_silo_missing_in_the_membership_table_becomes_unready_and_then_ends()
    {
        await _redis.FlushAll();

        await WaitUntil(() => _monitor.IsMissing);
        Assert.Equal(HealthStatus.Unhealthy, await Health());
        await WaitUntil(() => _ended.Count == 1);
    }

    [Fact]
    public async Task A_silo_ends_when_others_have_created_a_new_membership_table()
    {
        await _redis.FlushAll();
        using var newcomer = await StartSilo();

        await WaitUntil(() => _ended.Count == 1);
        await newcomer.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_silo_keeps_running_while_the_membership_table_cannot_be_read()
    {
        await _redis.Kill();

        await WaitUntil(() => _looks.Failed >= 3);

        Assert.Equal(0, _ended.Count);
        Assert.Equal(HealthStatus.Healthy, await Health());
    }

    [Fact]
    public async Task When_the_membership_table_is_back_the_silo_updates_its_row_and_refreshes_its_view()
    {
        await _redis.Kill();
        await WaitUntil(() => _looks.Failed >= 3);
        await _redis.Restart();
        var newcomer = await AddRow();

        await WaitUntil(() => _silo.Services.GetRequiredService<IClusterMembershipService>().CurrentSnapshot.Members.ContainsKey(newcomer));
        var own = await Table.ReadRowAsync(_silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress, TestContext.Current.CancellationToken);

        // Orleans' own sign of life has another clock.
        Assert.InRange(own.Members[0].Item1.IAmAliveTime, DateTime.MinValue, _time.GetUtcNow().UtcDateTime);
        Assert.Equal(0, _ended.Count);
    }

    private IMembershipTable Table => _silo.Services.GetRequiredService<IMembershipTable>();

    /// <summary>Lists a silo that tells nobody.</summary>
    private async Task<SiloAddress> AddRow()
    {
        var address = SiloAddress.New(System.Net.IPAddress.Loopback, Ports.FindFree(), 1);
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
        using var deadline = Deadline.Start();
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
        (await _monitor.CheckHealthAsync(new HealthCheckContext())).Status;

    private async Task WaitUntil(Func<bool> condition)
    {
        using var deadline = Deadline.Start();
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!condition())
        {
            await retry.WaitForNextTickAsync(deadline.Token);
            _time.Advance(MembershipMonitor.Interval);
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
            .Configure<EndpointOptions>(options => (options.SiloPort, options.GatewayPort) = (Ports.FindFree(), 0)));
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>Counts the looks at the table that failed.</summary>
    private sealed class ReadFailureCounter : ILogger<MembershipMonitor>
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

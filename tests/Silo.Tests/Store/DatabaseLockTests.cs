using Dapper;
using GeminiChat.ServiceDefaults.Startup;
using GeminiChat.Silo.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GeminiChat.Silo.Tests.Store;

public sealed class DatabaseLockOnSqliteTests(SqliteTestDatabase database)
    : DatabaseLockTests(database), IClassFixture<SqliteTestDatabase>
{
    [Fact]
    public async Task A_cluster_cannot_use_SQLite()
    {
        var refusal = await Assert.ThrowsAsync<StartupException>(() => StoreHost.Start(Database.Url, clustered: true));

        Assert.Contains("PostgreSQL", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_does_not_start_with_an_invalid_database_URL() =>
        await Assert.ThrowsAsync<OptionsValidationException>(() => StoreHost.Start("mysql://db/chat"));
}

public sealed class DatabaseLockOnPostgresTests(PostgresTestDatabase database)
    : DatabaseLockTests(database), IClassFixture<PostgresTestDatabase>
{
    private const string EndLockSessions = """
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name like 'geminichat-lock-%'
        """;

    // The server may still be ending the session of the test before.
    private static readonly StoreTimeouts FrequentLockChecks = new()
    {
        Lock = TimeSpan.FromSeconds(10),
        LockRetryDelay = TimeSpan.FromMilliseconds(100),
        LockCheckInterval = TimeSpan.FromMilliseconds(1),
    };

    [Fact]
    public async Task Silos_share_a_database_but_not_with_a_single_process()
    {
        Database.SkipUnlessAvailable();
        await using var one = await StoreHost.Start(Database.Url, clustered: true);
        await using var two = await StoreHost.Start(Database.Url, clustered: true);

        await CheckRefused(clustered: false);
    }

    [Fact]
    public async Task A_silo_cannot_use_the_database_of_a_single_process()
    {
        Database.SkipUnlessAvailable();
        await using var alone = await StoreHost.Start(Database.Url);

        await CheckRefused(clustered: true);
    }

    [Fact]
    public async Task A_lock_whose_session_was_lost_is_reacquired()
    {
        Database.SkipUnlessAvailable();
        await using var host = await StoreHost.Start(Database.Url, timeouts: FrequentLockChecks);

        await Database.Execute(EndLockSessions);

        await host.Log.WaitForLine("is held again");
        await CheckRefused(clustered: false);
    }

    [Fact]
    public async Task A_process_whose_lock_was_taken_by_another_ends()
    {
        Database.SkipUnlessAvailable();
        await using var host = await StoreHost.Start(Database.Url, timeouts: FrequentLockChecks);
        var ending = new TaskCompletionSource();
        host.Service<IHostApplicationLifetime>().ApplicationStopping.Register(ending.SetResult);
        await using var other = await Database.Open();
        var waiting = other.ExecuteAsync(
            $"set application_name = 'rival'; select pg_advisory_lock({0x47434841}, 1)");
        await WaitUntilRivalWaits();

        await Database.Execute(EndLockSessions);

        await waiting;
        await ending.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        Assert.Contains(host.Log.Lines, line => line.StartsWith("Another process uses", StringComparison.Ordinal));
    }

    private async Task WaitUntilRivalWaits()
    {
        while (await Database.Count(
            "select count(*) from pg_stat_activity where application_name = 'rival' and wait_event_type = 'Lock'") == 0)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}

public abstract class DatabaseLockTests(TestDatabase database)
{
    internal static readonly StoreTimeouts ShortTimeouts =
        new() { Lock = TimeSpan.Zero, LockRetryDelay = TimeSpan.FromMilliseconds(1) };

    protected TestDatabase Database { get; } = database;

    [Fact]
    public async Task A_second_process_is_refused_in_one_line_until_the_first_has_ended()
    {
        Database.SkipUnlessAvailable();
        await using (await StoreHost.Start(Database.Url))
        {
            await CheckRefused(clustered: false);
        }

        await using var second = await StoreHost.Start(Database.Url, timeouts: ShortTimeouts);
        Assert.NotNull(second);
    }

    [Fact]
    public async Task A_second_process_waits_for_the_first_to_end()
    {
        Database.SkipUnlessAvailable();
        var first = await StoreHost.Start(Database.Url);
        var second = StoreHost.Start(Database.Url, timeouts: new StoreTimeouts { Lock = TimeSpan.FromMinutes(1) });
        Assert.False(second.IsCompleted);

        await first.DisposeAsync();

        await using var started = await second;
        Assert.True(await started.IsHealthy());
    }

    protected async Task CheckRefused(bool clustered)
    {
        var refusal = await Assert.ThrowsAsync<StartupException>(
            () => StoreHost.Start(Database.Url, clustered, ShortTimeouts));
        Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", refusal.Message, StringComparison.Ordinal);
    }
}

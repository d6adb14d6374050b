using Dapper;
using GeminiChat.ServiceDefaults.Startup;
using GeminiChat.Silo.Store;
using Microsoft.Extensions.Hosting;

namespace GeminiChat.Silo.Tests.Store;

public sealed class DatabaseLockOnSqliteTests(SqliteFile database)
    : DatabaseLockTests(database), IClassFixture<SqliteFile>
{
    [Fact]
    public async Task A_cluster_cannot_use_a_file()
    {
        var refusal = await Assert.ThrowsAsync<StartupException>(() => StoreHost.Start(Database.Url, clustered: true));

        Assert.Contains("PostgreSQL", refusal.Message, StringComparison.Ordinal);
    }
}

public sealed class DatabaseLockOnPostgresTests(PostgresDatabaseOfTest database)
    : DatabaseLockTests(database), IClassFixture<PostgresDatabaseOfTest>
{
    private const string EndLockSessions = """
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name like 'geminichat-lock-%'
        """;

    private static readonly StoreTimings Watchful = Impatient with { LockWatch = TimeSpan.FromMilliseconds(1) };

    [Fact]
    public async Task Silos_of_a_cluster_share_a_database_but_not_with_a_process_of_its_own()
    {
        Database.Require();
        await using var one = await StoreHost.Start(Database.Url, clustered: true);
        await using var two = await StoreHost.Start(Database.Url, clustered: true);

        await CheckRefused(clustered: false);
    }

    [Fact]
    public async Task A_cluster_cannot_join_a_process_of_its_own()
    {
        Database.Require();
        await using var alone = await StoreHost.Start(Database.Url);

        await CheckRefused(clustered: true);
    }

    [Fact]
    public async Task A_lock_whose_session_is_lost_is_taken_again()
    {
        Database.Require();
        await using var host = await StoreHost.Start(Database.Url, timings: Watchful);

        await Database.Execute(EndLockSessions);

        await host.Log.Line("is held again");
        await CheckRefused(clustered: false);
    }

    [Fact]
    public async Task A_process_whose_lock_another_has_taken_ends()
    {
        Database.Require();
        await using var host = await StoreHost.Start(Database.Url, timings: Watchful);
        var ending = new TaskCompletionSource();
        host.Service<IHostApplicationLifetime>().ApplicationStopping.Register(ending.SetResult);
        await using var other = await Database.Open();
        var waiting = other.ExecuteAsync(
            $"set application_name = 'rival'; select pg_advisory_lock({0x47434841}, 1)");
        await UntilWaiting();

        await Database.Execute(EndLockSessions);

        await waiting;
        await ending.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Contains(host.Log.All, line => line.StartsWith("Another process uses", StringComparison.Ordinal));
    }

    private async Task UntilWaiting()
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
    internal static readonly StoreTimings Impatient =
        new() { Lock = TimeSpan.Zero, LockRetry = TimeSpan.FromMilliseconds(1) };

    protected TestDatabase Database { get; } = database;

    [Fact]
    public async Task A_second_process_is_refused_in_one_line_until_the_first_has_ended()
    {
        Database.Require();
        await using (await StoreHost.Start(Database.Url))
        {
            await CheckRefused(clustered: false);
        }

        await using var second = await StoreHost.Start(Database.Url, timings: Impatient);
        Assert.NotNull(second);
    }

    [Fact]
    public async Task A_second_process_waits_for_the_first_to_end()
    {
        Database.Require();
        var first = await StoreHost.Start(Database.Url);
        var second = StoreHost.Start(Database.Url, timings: new StoreTimings { Lock = TimeSpan.FromMinutes(1) });
        Assert.False(second.IsCompleted);

        await first.DisposeAsync();

        await using var started = await second;
        Assert.True(await started.IsHealthy());
    }

    protected async Task CheckRefused(bool clustered)
    {
        var refusal = await Assert.ThrowsAsync<StartupException>(
            () => StoreHost.Start(Database.Url, clustered, Impatient));
        Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", refusal.Message, StringComparison.Ordinal);
    }
}

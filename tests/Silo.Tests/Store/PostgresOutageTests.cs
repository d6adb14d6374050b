using System.Collections.Concurrent;
using System.Net;
using GeminiChat.GrainInterfaces;
using GeminiChat.ServiceDefaults.Startup;
using GeminiChat.Silo.Store;
using Npgsql;

namespace GeminiChat.Silo.Tests.Store;

public sealed class PostgresOutageTests(PostgresTestDatabase database) : IClassFixture<PostgresTestDatabase>
{
    private const string EndWriters = """
        select count(pg_terminate_backend(pid)) from pg_stat_activity
        where datname = current_database() and application_name = 'geminichat'
        """;

    // With the zero at its end: a transaction's start asks for READ COMMITTED.
    private static readonly byte[] Commit = [.. "COMMIT\0"u8];

    [Fact]
    public async Task A_commit_whose_response_was_lost_is_acknowledged_if_it_went_through()
    {
        database.SkipUnlessAvailable();
        await using var proxy = new TcpProxy(Server());
        await using var host = await StoreHost.Start(UrlThroughProxy(proxy));
        var room = await host.Rooms.CreateRoomWithTurns(0);

        proxy.LoseResponseTo(Commit);
        Assert.True(await host.Rooms.Stores(SampleData.Accept(room, 1)));

        proxy.LoseResponseTo(Commit);
        Assert.False(await host.Rooms.Stores(SampleData.Accept(room, 1)));
        Assert.Equal(2, (await host.Rooms.Load(room, tail: 10))!.Tail.Length);
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains("is repeated", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_commit_that_did_not_go_through_is_repeated()
    {
        database.SkipUnlessAvailable();
        await using var host = await StoreHost.Start(database.Url);
        await database.Execute("""
            create sequence commits;
            create function end_first() returns trigger language plpgsql as $$
            begin
              if nextval('commits') = 1 then perform pg_terminate_backend(pg_backend_pid()); end if;
              return null;
            end $$;
            create constraint trigger end_first after insert on rooms deferrable initially deferred
              for each row execute function end_first();
            """);
        try
        {
            var room = SampleData.Key();

            Assert.True(await host.Rooms.Create(room, SampleData.Row(room)));

            Assert.NotNull(await host.Rooms.Load(room, tail: 1));
            Assert.Single(host.Log.Lines, line => line.Contains("is repeated", StringComparison.Ordinal));
        }
        finally
        {
            await database.Execute("drop function end_first cascade; drop sequence commits");
        }
    }

    [Fact]
    public async Task A_commit_is_of_unknown_outcome_when_the_database_does_not_come_back()
    {
        database.SkipUnlessAvailable();
        await using var proxy = new TcpProxy(Server()) { RefusesAfterCut = true };
        await using var host = await StoreHost.Start(
            UrlThroughProxy(proxy), timeouts: new StoreTimeouts { UnknownCommit = TimeSpan.FromMilliseconds(200) });
        var room = await host.Rooms.CreateRoomWithTurns(0);

        proxy.LoseResponseTo(Commit);

        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => host.Rooms.Stores(SampleData.Accept(room, 1)));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => host.Rooms.Stores(SampleData.Accept(room, 3)));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => host.Rooms.Load(room, tail: 1));
        Assert.False(await host.IsHealthy());
    }

    [Fact]
    public async Task While_connections_are_killed_acknowledged_writes_are_stored_and_refused_ones_are_not()
    {
        database.SkipUnlessAvailable();
        await using var host = await StoreHost.Start(database.Url);
        var stored = new ConcurrentDictionary<RoomKey, bool>();
        using var done = new CancellationTokenSource();

        var callers = Enumerable.Range(0, 32).Select(_ => Task.Run(() => CreateRooms(host, stored, done.Token))).ToArray();
        for (var killed = 0L; killed < 10;)
        {
            killed += await database.Count(EndWriters);
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }

        await done.CancelAsync();
        await Task.WhenAll(callers);

        Assert.NotEmpty(stored);
        foreach (var (room, wasStored) in stored)
        {
            Assert.Equal(wasStored, await host.Rooms.Load(room, tail: 1) is not null);
        }
    }

    [Fact]
    public async Task A_start_without_a_server_fails_in_one_line()
    {
        database.SkipUnlessAvailable();
        await using var proxy = new TcpProxy(Server());
        var url = UrlThroughProxy(proxy);
        await proxy.DisposeAsync();

        var refusal = await Assert.ThrowsAsync<StartupException>(
            () => StoreHost.Start(url, timeouts: DatabaseLockTests.ShortTimeouts));

        Assert.Contains("cannot be used", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task CreateRooms(
        StoreHost host, ConcurrentDictionary<RoomKey, bool> stored, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            var room = SampleData.Key();
            try
            {
                stored[room] = await host.Rooms.Create(room, SampleData.Row(room));
            }
            catch (StoreUnavailableException)
            {
                stored[room] = false;
            }
        }
    }

    private IPEndPoint Server()
    {
        var parts = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        return new IPEndPoint(Dns.GetHostAddresses(parts.Host!)[0], parts.Port);
    }

    // Without encryption, so that the proxy can read what passes.
    private string UrlThroughProxy(TcpProxy proxy) => new UriBuilder(database.Url)
    {
        Host = "127.0.0.1",
        Port = proxy.Port,
        Query = "sslmode=disable",
    }.Uri.ToString();
}

using Dapper;
using GeminiChat.GrainInterfaces;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Tests.Store;

public sealed class SharedTransactionOnSqliteTests(SqliteTestDatabase database)
    : SharedTransactionTests(database), IClassFixture<SqliteTestDatabase>
{
    [Fact]
    public async Task A_batch_that_meets_a_lock_is_repeated()
    {
        await using var other = await Database.Open();
        await other.ExecuteAsync("begin immediate");

        await CheckRepeated(() => other.ExecuteAsync("rollback"));
    }
}

public sealed class SharedTransactionOnPostgresTests(PostgresTestDatabase database)
    : SharedTransactionTests(database), IClassFixture<PostgresTestDatabase>
{
    [Theory]
    [InlineData(0x0000)]
    [InlineData(0xD800)]
    public async Task Text_that_the_database_cannot_hold_is_refused_and_the_next_write_is_stored(int code)
    {
        var (refused, next) = (SampleData.Key(), SampleData.Key());
        var row = SampleData.Row(refused) with { Summary = SampleData.Summary(refused, version: 1) with { Name = $"a{(char)code}b" } };

        await Assert.ThrowsAsync<StoreRejectedException>(() => Rooms.Create(refused, row));

        Assert.True(await Rooms.Create(next, SampleData.Row(next)));
    }

    [Theory]
    [InlineData("40P01")]
    [InlineData("40001")]
    public async Task A_batch_that_failed_with_a_transient_error_is_repeated(string error)
    {
        await Database.Execute($"""
            create sequence tries;
            create function end_first() returns trigger language plpgsql as $$
            begin
              if nextval('tries') = 1 then raise exception 'played' using errcode = '{error}'; end if;
              return new;
            end $$;
            create trigger end_first before insert on rooms for each row execute function end_first();
            """);
        try
        {
            await CheckRepeated(() => Task.CompletedTask);
        }
        finally
        {
            await Database.Execute("drop function end_first cascade; drop sequence tries");
        }
    }
}

public abstract class SharedTransactionTests(TestDatabase database) : StoreTestsBase(database)
{
    [Fact]
    public async Task Writes_in_one_transaction_keep_their_own_outcomes()
    {
        var rooms = new List<RoomKey>();
        for (var i = 0; i < 20; i++)
        {
            rooms.Add(await Rooms.CreateRoomWithTurns(i % 2));
        }

        // Half of the rooms have a turn already, so their next id is 3.
        var outcomes = await InOneBatch(rooms.Select(
            (room, i) => Writes.Accept(SampleData.Accept(room, 1, SampleData.Turn(1, $"batch-{i}")))));

        for (var i = 0; i < rooms.Count; i++)
        {
            Assert.Equal(i % 2 == 0, await outcomes[i]);
            Assert.Equal(i % 2 == 0, await Rooms.FindTurn(rooms[i], $"batch-{i}") is not null);
            Assert.Equal(2, (await Rooms.Load(rooms[i], tail: 10))!.Tail.Length);
        }
    }

    [Fact]
    public async Task Writes_of_one_room_take_effect_in_the_order_of_their_calls()
    {
        var room = SampleData.Key();
        var reply = SampleData.Turn(1).Reply with { Status = GrainInterfaces.Chatrooms.MessageStatus.Completed };

        var outcomes = await InOneBatch(
        [
            RoomWrites.Create(room, SampleData.Row(room)),
            Writes.Accept(SampleData.Accept(room, 1)),
            RoomWrites.Checkpoint(new ReplyFence(room, 2, 1), "So far", SampleData.Noon),
            Writes.Finish(new ReplyFence(room, 2, 1), reply, SampleData.Summary(room, version: 3), Refund.None, title: null),
            Writes.Accept(SampleData.Accept(room, 3)),
        ]);

        Assert.All(await Task.WhenAll(outcomes), Assert.True);
        Assert.Equal(4, (await Rooms.Load(room, tail: 10))!.Tail.Length);
    }

    [Fact]
    public async Task A_write_that_cannot_be_stored_does_not_affect_others_in_its_batch()
    {
        var rooms = Enumerable.Range(0, 5).Select(_ => SampleData.Key()).ToArray();
        var poison = SampleData.Row(rooms[2]) with { CreationFingerprint = new string('x', 65) };

        var outcomes = await InOneBatch(rooms.Select(
            (room, i) => RoomWrites.Create(room, i == 2 ? poison : SampleData.Row(room))));

        for (var i = 0; i < rooms.Length; i++)
        {
            if (i == 2)
            {
                await Assert.ThrowsAsync<StoreRejectedException>(() => outcomes[2]);
            }
            else
            {
                Assert.True(await outcomes[i]);
            }

            Assert.Equal(i != 2, await Rooms.Load(rooms[i], tail: 1) is not null);
        }
    }

    /// <summary>The first try of a batch fails; what is in its way is removed; the second try is to succeed.</summary>
    protected async Task CheckRepeated(Func<Task> removeObstacle)
    {
        var room = SampleData.Key();
        var runner = new BlockingBatchRunner(Host.Database.OpenRunner()) { OnFailure = removeObstacle };
        runner.Open();
        await using var commits = NewCommits(runner);

        Assert.True(await commits.Write(RoomWrites.Create(room, SampleData.Row(room))));

        Assert.Equal([1, 1], runner.Batches);
        Assert.NotNull(await Rooms.Load(room, tail: 1));
    }

    private RoomWrites Writes => new(Host.Database, Host.Service<WebhookOutbox>(), TimeProvider.System);

    private async Task<Task<bool>[]> InOneBatch(IEnumerable<WriteOperation> operations)
    {
        var runner = new BlockingBatchRunner(Host.Database.OpenRunner());
        await using var commits = NewCommits(runner);
        var first = SampleData.Key();
        var held = commits.Write(RoomWrites.Create(first, SampleData.Row(first)));
        await runner.Reached;

        Task<bool>[] outcomes = [.. operations.Select(commits.Write)];
        runner.Open();
        await ((Task)Task.WhenAll([held, .. outcomes])).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        Assert.Equal([1, outcomes.Length], runner.Batches.Take(2));
        return outcomes;
    }

    private GroupCommit NewCommits(IBatchRunner runner) =>
        new(runner, new StoreTimeouts { Busy = TimeSpan.FromMilliseconds(1) }, TimeProvider.System, Host.Log);
}

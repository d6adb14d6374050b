using Dapper;
using GeminiChat.Grains.Users;
using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Tests.Store;

/// <summary>The write-ahead log after a deletion.</summary>
public sealed class WalTruncatorTests(SqliteTestDatabase database) : IClassFixture<SqliteTestDatabase>
{
    private string Wal => database.File + "-wal";

    [Fact]
    public async Task The_write_ahead_log_is_truncated_once_a_blocking_reader_has_ended()
    {
        await using var store = await StoreHost.Start(database.Url);
        var room = await store.Rooms.CreateRoomWithTurns(2);
        await using (var reader = await database.Open())
        {
            // A transaction that has read stays at its state of the file.
            await reader.ExecuteAsync("begin; select count(*) from messages;");
            await store.Rooms.Delete(room, SampleData.Noon);
            await store.Service<DeletedRooms>().Purge(room, TestContext.Current.CancellationToken);
            Assert.NotEqual(0, new FileInfo(Wal).Length);
            await store.Rooms.CreateRoomWithTurns(1);
            await reader.ExecuteAsync("commit");
        }

        await WaitUntilEmpty();
    }

    [Fact]
    public async Task The_write_ahead_log_is_truncated_after_a_number_was_removed()
    {
        await using var store = await StoreHost.Start(database.Url);
        var numbers = store.Service<IUnverifiedNumberStore>();
        var number = Guid.CreateVersion7().ToString("N");

        // For what there was before the start.
        await numbers.ScheduleExpiry(number, SampleData.Noon);
        await WaitUntilEmpty();

        await numbers.ScheduleExpiry(number, SampleData.Noon.AddHours(1));
        Assert.NotEqual(0, new FileInfo(Wal).Length);
        await numbers.Remove(number);
        await WaitUntilEmpty();
    }

    private async Task WaitUntilEmpty()
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var deadline = Deadline.Start();
        while (new FileInfo(Wal).Length > 0)
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }
}

using Dapper;
using GeminiChat.Grains.Users;
using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Tests.Store;

/// <summary>The write-ahead log after a deletion.</summary>
public sealed class WalTruncationTests(SqliteFile database) : IClassFixture<SqliteFile>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private string Wal => database.File + "-wal";

    [Fact]
    public async Task It_is_emptied_once_a_reader_that_is_in_the_way_has_gone()
    {
        await using var store = await StoreHost.Start(database.Url);
        var room = await store.Rooms.WithTurns(2);
        await using (var reader = await database.Open())
        {
            // A transaction that has read stays at its state of the file.
            await reader.ExecuteAsync("begin; select count(*) from messages;");
            await store.Rooms.Delete(room, Sample.Noon);
            await store.Service<DeletedRooms>().Purge(room, TestContext.Current.CancellationToken);
            Assert.NotEqual(0, new FileInfo(Wal).Length);
            await store.Rooms.WithTurns(1);
            await reader.ExecuteAsync("commit");
        }

        await Emptied();
    }

    [Fact]
    public async Task It_is_emptied_when_a_number_is_forgotten()
    {
        await using var store = await StoreHost.Start(database.Url);
        var numbers = store.Service<IUnverifiedNumbers>();
        var number = Guid.CreateVersion7().ToString("N");

        // For what there was before the start.
        await numbers.Remember(number, Sample.Noon);
        await Emptied();

        await numbers.Remember(number, Sample.Noon.AddHours(1));
        Assert.NotEqual(0, new FileInfo(Wal).Length);
        await numbers.Forget(number);
        await Emptied();
    }

    private async Task Emptied()
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var deadline = new CancellationTokenSource(Deadline);
        while (new FileInfo(Wal).Length > 0)
        {
            await look.WaitForNextTickAsync(deadline.Token);
        }
    }
}

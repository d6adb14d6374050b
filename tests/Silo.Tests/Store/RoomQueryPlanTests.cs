using Dapper;
using GeminiChat.Silo.Store;

namespace GeminiChat.Silo.Tests.Store;

/// <summary>SQLite reads no more of a long room than it must when the room is activated, and no more of the files than the room has when it is deleted.</summary>
public sealed class RoomQueryPlanTests(SqliteTestDatabase database) : StoreTestsBase(database), IClassFixture<SqliteTestDatabase>
{
    [Theory]
    [InlineData(RoomStore.SelectRoom, "messages_open")]
    [InlineData(RoomStore.SelectBranches, "messages_regenerated")]
    public async Task A_query_uses_the_index_of_the_few_messages_that_it_wants(string sql, string index)
    {
        await using var connection = await Database.Open();
        var plan = (await connection.QueryAsync(
                $"explain query plan {sql}", new { room = Guid.CreateVersion7(), user = Guid.CreateVersion7(), tail = 10 }))
            .Select(row => (string)row.detail).ToList();

        Assert.Contains(plan, step => step.Contains($"USING INDEX {index} ", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.StartsWith("SEARCH m USING INDEX sqlite_autoindex_messages", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_deletion_of_a_room_reads_no_files_of_other_rooms()
    {
        await using var connection = await Database.Open();
        foreach (var erase in FileStore.EraseFilesOf(SampleData.Key()))
        {
            var plan = (await connection.QueryAsync($"explain query plan {erase.Sql}", new { room = Guid.CreateVersion7(), user = Guid.CreateVersion7() }))
                .Select(row => (string)row.detail).ToList();
            Assert.Contains(plan, step => step.StartsWith("SEARCH f ", StringComparison.Ordinal) && step.Contains("file_id=?", StringComparison.Ordinal));
            Assert.Contains(plan, step => step.Contains("message_files", StringComparison.Ordinal) && step.Contains("room_id=?", StringComparison.Ordinal));
        }
    }
}

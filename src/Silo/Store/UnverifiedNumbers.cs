using GeminiChat.Grains.Users;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>The list of unverified numbers in the database.</summary>
internal sealed class UnverifiedNumbers(Database database, GroupCommit writer) : IUnverifiedNumberStore
{
    private const string Upsert = """
        insert into unverified_numbers (phone_key, expires_at) values (@key, @at)
        on conflict (phone_key) do update set expires_at = excluded.expires_at
        """;

    private const string Delete = "delete from unverified_numbers where phone_key = @key";

    private const string LoadExpired = """
        select phone_key from unverified_numbers
        where expires_at <= @now and phone_key > @after order by phone_key limit @limit
        """;

    public Task ScheduleExpiry(string phoneKey, DateTimeOffset expiresAt) =>
        Write(phoneKey, new Statement(Upsert, [("key", phoneKey), ("at", expiresAt)]));

    public async Task Remove(string phoneKey)
    {
        await Write(phoneKey, new Statement(Delete, [("key", phoneKey)]));
        database.OnTextDeleted();
    }

    public Task<ImmutableArray<string>> ListExpired(DateTimeOffset now, string after, int limit) =>
        database.ReadAll(LoadExpired, new { now = now.ToUnixTimeMilliseconds(), after, limit }, row => row.GetString(0));

    private Task<bool> Write(string phoneKey, Statement statement)
    {
        var key = Guid.ParseExact(phoneKey, "N");
        return writer.Write(new WriteOperation(WrittenTable.UnverifiedNumbers, key, key, [statement]));
    }
}

using GeminiChat.Grains.Users;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>API keys in the database. <see cref="ApiKeysCommand"/> creates and revokes them.</summary>
internal sealed class ApiKeyStore(Database database, GroupCommit writer) : IApiKeyStore
{
    private const string SelectKey = """
        select secret_hash, scope, expires_at, last_used_at from api_keys where key_id = @keyId and revoked_at is null
        """;

    private const string UpdateLastUse = """
        update api_keys set last_used_at = @now where key_id = @key and (last_used_at is null or last_used_at <= @before)
        """;

    public async Task<ApiKey?> Find(Guid keyId)
    {
        var found = await database.ReadAll(SelectKey, new { keyId }, row => new ApiKey(
            row.GetString(0),
            (ApiKeyScope)row.GetInt32(1),
            row.IsDBNull(2) ? null : RowReader.Timestamp(row, 2),
            row.IsDBNull(3) ? null : RowReader.Timestamp(row, 3)));
        return found.SingleOrDefault();
    }

    public Task<bool> RecordUse(Guid keyId, DateTimeOffset now, DateTimeOffset unlessAfter) => writer.Write(new WriteOperation(
        WrittenTable.ApiKeys, keyId, Guid.Empty, [new(UpdateLastUse, [("key", keyId), ("now", now), ("before", unlessAfter)])]));
}

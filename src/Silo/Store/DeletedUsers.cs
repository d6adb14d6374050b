using Dapper;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>
/// Deletes users, and remembers them: the id of a deleted user is never used again. One row makes a user absent to all
/// reads and writes; name and number go last, since the number has to be freed before.
/// </summary>
internal sealed class DeletedUsers(Database database, StoreWriter writer)
{
    private const string InsertTombstone = """
        insert into deleted_users (user_id, deleted_at)
        select user_id, @now from users where user_id = @user
        on conflict do nothing
        """;

    private const string LoadNumber = """
        select u.mobile_number from deleted_users d join users u on u.user_id = d.user_id where d.user_id = @userId
        """;

    // The literal makes the partial index deleted_users_to_erase usable.
    private const string SelectUnerased = """
        select user_id from deleted_users where is_erased = 0 and user_id > @after order by user_id limit @limit
        """;

    private const string MarkErased = """
        update deleted_users set is_erased = 1
        where user_id = @user and not exists (select 1 from rooms where user_id = @user)
        """;

    private const string DeleteUsage = $"delete from usage where {OfErased}";

    private const string DeleteRow = $"delete from users where {OfErased}";

    private const string OfErased = """
        user_id = @user and exists (select 1 from deleted_users where user_id = @user and is_erased = 1)
        """;

    /// <summary>Makes a user absent. Nothing happens when there is none.</summary>
    public Task Delete(Guid userId, DateTimeOffset now) =>
        Write(userId, new Statement(InsertTombstone, [("user", userId), ("now", now.ToUnixTimeMilliseconds())]));

    /// <summary>The number of a deleted user who is not erased yet.</summary>
    public Task<string?> NumberOf(Guid userId) => database.Read(connection =>
        connection.ExecuteScalarAsync<string>(LoadNumber, new { userId }));

    /// <summary>Deleted users of whom something is left, in the order of their ids.</summary>
    public Task<ImmutableArray<Guid>> Unerased(Guid after, int limit) => database.Read(async connection =>
    {
        await using var reader = await connection.ExecuteReaderAsync(SelectUnerased, new { after, limit });
        var users = ImmutableArray.CreateBuilder<Guid>();
        while (await reader.ReadAsync())
        {
            users.Add(reader.GetGuid(0));
        }

        return users.DrainToImmutable();
    });

    /// <summary>Removes the last rows of a deleted user; false while there are rooms. Safe to repeat.</summary>
    public async Task<bool> Erase(Guid userId)
    {
        var isErased = await Write(
            userId,
            new Statement(MarkErased, [("user", userId)]),
            new Statement(DeleteUsage, [("user", userId)]),
            new Statement(DeleteRow, [("user", userId)]));
        database.OnTextDeleted();
        return isErased;
    }

    private Task<bool> Write(Guid userId, params ImmutableArray<Statement> statements) => writer.Write(
        new WriteOperation(WrittenTable.Users, userId, userId, statements) { LocksUser = true });
}

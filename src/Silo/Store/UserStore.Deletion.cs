using GeminiChat.Grains.Users;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>
/// The part about deleted users. One row makes a user absent for all reads and writes, and the user's id is never used again.
/// Name and number are erased last, because the number has to be freed before.
/// </summary>
/// <remarks>
/// The usage of a deleted user is kept with the number until the day ends, so that a user cannot delete the account and sign up
/// again to get the day's limit a second time. It is moved, not copied: a repeat after a crash finds nothing left to move and
/// counts nothing twice. It is moved before the number is freed, so the number's next user finds it.
/// </remarks>
internal sealed partial class UserStore
{
    private const string InsertTombstone = """
        insert into deleted_users (user_id, deleted_at)
        select user_id, @now from users where user_id = @user
        on conflict do nothing
        """;

    private const string SelectDeleted = """
        select d.deleted_at, u.mobile_number, u.identity_key from deleted_users d left join users u on u.user_id = d.user_id
        where d.user_id = @userId
        """;

    // The literal makes the partial index deleted_users_to_erase usable.
    private const string SelectUnerased = """
        select user_id from deleted_users where is_erased = 0 and user_id > @after order by user_id limit @limit
        """;

    private const string MarkErased = """
        update deleted_users set is_erased = 1
        where user_id = @user and not exists (select 1 from rooms where user_id = @user)
        """;

    private const string IsErased = """
        user_id = @user and exists (select 1 from deleted_users where user_id = @user and is_erased = 1)
        """;

    private const string DeleteUsage = $"delete from usage where {IsErased}";

    private const string DeleteRow = $"delete from users where {IsErased}";

    private const string IsUsageOfDeleted = """
        user_id = @user and utc_day >= @today and exists (select 1 from deleted_users where user_id = @user)
        """;

    private const string IsUsageOfNumber = """
        phone_key = @phone and not exists (select 1 from deleted_users where user_id = @user)
        """;

    private const string AddToFormerUsage = $"""
        insert into former_usage (phone_key, utc_day, used, refunded, refunded_stops, search_queries)
        select @phone, utc_day, used, refunded, refunded_stops, search_queries from usage where {IsUsageOfDeleted}
        on conflict (phone_key, utc_day) do update set
          used = former_usage.used + excluded.used,
          refunded = former_usage.refunded + excluded.refunded,
          refunded_stops = former_usage.refunded_stops + excluded.refunded_stops,
          search_queries = former_usage.search_queries + excluded.search_queries
        """;

    private const string DeleteMovedUsage = $"delete from usage where {IsUsageOfDeleted}";

    private const string AddFormerUsage = $"""
        insert into usage (user_id, utc_day, used, refunded, refunded_stops, search_queries)
        select @user, utc_day, used, refunded, refunded_stops, search_queries from former_usage where {IsUsageOfNumber}
        on conflict (user_id, utc_day) do update set
          used = usage.used + excluded.used,
          refunded = usage.refunded + excluded.refunded,
          refunded_stops = usage.refunded_stops + excluded.refunded_stops,
          search_queries = usage.search_queries + excluded.search_queries
        """;

    private const string DeleteMovedFormerUsage = $"delete from former_usage where {IsUsageOfNumber}";

    private const string DeleteOldFormerUsage = "delete from former_usage where utc_day < @today";

    public Task Delete(Guid userId, DateTimeOffset now) =>
        Write(userId, [new Statement(InsertTombstone, [("user", userId), ("now", now)]), .. webhooks.UserDeleted(userId, now)]);

    public async Task<DeletedUser?> FindDeletedUser(Guid userId)
    {
        var found = await database.ReadAll(SelectDeleted, new { userId }, row => new DeletedUser(
            RowReader.Timestamp(row, 0), IsErased: row.IsDBNull(1), Number(RowReader.TextOrNull(row, 1) ?? ""), RowReader.TextOrNull(row, 2)));
        return found.SingleOrDefault();
    }

    public Task<ImmutableArray<Guid>> ListDeletedUsers(Guid after, int limit) =>
        database.ReadAll(SelectUnerased, new { after, limit }, row => row.GetGuid(0));

    public async Task<bool> Erase(Guid userId)
    {
        ImmutableArray<(string, SqlValue)> parameters = [("user", userId)];
        var isErased = await Write(userId, [new(MarkErased, parameters), new(DeleteUsage, parameters), new(DeleteRow, parameters), .. FileStore.EraseFilesOf(userId)]);
        database.OnTextDeleted();
        return isErased;
    }

    public Task MoveToFormerUsage(Guid userId, string usageKey, DateOnly today)
    {
        ImmutableArray<(string, SqlValue)> parameters = [("user", userId), ("phone", usageKey), ("today", today.DayNumber)];
        return Write(userId, new(AddToFormerUsage, parameters), new(DeleteMovedUsage, parameters));
    }

    public Task RemoveFormerUsage(DateOnly today) => writer.Write(new WriteOperation(
        WrittenTable.Users, Guid.Empty, Guid.Empty, [new(DeleteOldFormerUsage, [("today", today.DayNumber)])]));

    // Moves nothing when the user has been deleted meanwhile.
    private static ImmutableArray<Statement> MoveUsageToUser(Guid userId, string usageKey)
    {
        ImmutableArray<(string, SqlValue)> parameters = [("user", userId), ("phone", usageKey)];
        return [new(AddFormerUsage, parameters), new(DeleteMovedFormerUsage, parameters)];
    }
}

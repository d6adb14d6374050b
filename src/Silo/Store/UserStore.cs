using GeminiChat.Grains.Users;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

internal sealed partial class UserStore(Database database, GroupCommit writer, WebhookOutbox webhooks) : IUserStore
{
    private const string SelectUser = """
        select user_id, name, mobile_number, created_at, identity_key from users
        where user_id = @userId and not exists (select 1 from deleted_users where user_id = @userId)
        """;

    private const string SelectAllowance = $"select {RowReader.AllowanceColumns} from {RowReader.AllowanceTables}";

    private const string UpdateTier = """
        update users set tier = @tier, tier_valid_until = @until, tier_version = @version
        where user_id = @user and tier_version < @version
        """;

    private const string SelectRooms = $"select {RowReader.SummaryColumns} from rooms r where r.user_id = @userId";

    private const string UpsertUser = """
        insert into users (user_id, mobile_number, name, created_at, identity_key)
        select @user, @number, @name, @created, @identity
        where not exists (select 1 from deleted_users where user_id = @user)
        on conflict (user_id) do update set name = excluded.name
        """;

    public async Task<UserProfile?> Load(Guid userId)
    {
        var found = await database.ReadAll(
            SelectUser,
            new { userId },
            row => new UserProfile(
                row.GetGuid(0), RowReader.TextOrNull(row, 1), Number(row.GetString(2)), RowReader.Timestamp(row, 3),
                IdentityKey: RowReader.TextOrNull(row, 4)));
        return found.SingleOrDefault();
    }

    public Task<bool> Save(UserProfile user) => Write(user.Id, Upsert(user));

    public Task<bool> Create(UserProfile user, string usageKey) =>
        Write(user.Id, [Upsert(user), .. MoveUsageToUser(user.Id, usageKey), .. webhooks.UserCreated(user)]);

    public async Task<StoredQuota> LoadQuota(Guid userId, DateOnly day)
    {
        var found = await database.ReadAll(
            SelectAllowance, new { user = userId, day = day.DayNumber }, row => RowReader.Allowance(RowReader.Integers(row)));
        return found.Single();
    }

    public Task<bool> SetTier(Guid userId, TierGrant grant) => Write(
        userId,
        [
            new Statement(UpdateTier,
            [
                ("user", userId), ("tier", (int)grant.Tier), ("until", grant.ValidUntil), ("version", grant.Version),
            ]),
            .. webhooks.SubscriptionChanged(userId, grant),
        ]);

    public Task<ImmutableArray<RoomSummary>> LoadRooms(Guid userId) =>
        database.ReadAll(SelectRooms, new { userId }, RowReader.Summary);

    private static Statement Upsert(UserProfile user) => new(UpsertUser,
    [
        ("user", user.Id), ("number", user.MobileNumber ?? ""), ("name", user.Name), ("created", user.CreatedAt), ("identity", user.IdentityKey),
    ]);

    // The column is never null, because a process of the previous version could not read that.
    private static string? Number(string stored) => stored.Length == 0 ? null : stored;

    // With the user's lock: tier and usage must not change while an acceptance of turns reads them.
    private Task<bool> Write(Guid userId, params ImmutableArray<Statement> statements) =>
        writer.Write(new WriteOperation(WrittenTable.Users, userId, userId, statements) { LocksUser = true });
}

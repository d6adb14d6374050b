using Dapper;
using GeminiChat.Grains.Users;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>Users in the database.</summary>
internal sealed class UserStore(Database database, StoreWriter writer, DeletedUsers deleted, FormerUsage former) : IUserStore
{
    private const string LoadUser = """
        select user_id, name, mobile_number, created_at from users
        where user_id = @userId and not exists (select 1 from deleted_users where user_id = @userId)
        """;

    private const string AllowanceOfUser = $"select {RowReader.AllowanceColumns} from {RowReader.AllowanceTables}";

    private const string SetTierOfUser = """
        update users set tier = @tier, tier_valid_until = @until, tier_version = @version
        where user_id = @user and tier_version < @version
        """;

    private const string RoomsOfUser = $"select {RowReader.SummaryColumns} from rooms r where r.user_id = @userId";

    private const string SaveUser = """
        insert into users (user_id, mobile_number, name, created_at)
        select @user, @number, @name, @created
        where not exists (select 1 from deleted_users where user_id = @user)
        on conflict (user_id) do update set name = excluded.name
        """;

    public Task<UserProfile?> Load(Guid userId) => database.Read(async connection =>
    {
        await using var reader = await connection.ExecuteReaderAsync(LoadUser, new { userId });
        return await reader.ReadAsync()
            ? new UserProfile(
                reader.GetGuid(0), RowReader.TextOrNull(reader, 1), reader.GetString(2), RowReader.Timestamp(reader, 3))
            : null;
    });

    public Task<bool> Save(UserProfile user) => Save(user, []);

    public Task<bool> Create(UserProfile user, PhoneKey number) => Save(user, FormerUsage.MoveToUser(user.Id, number));

    public Task MoveToFormerUsage(Guid userId, PhoneKey number, DateOnly today) => former.MoveToNumber(userId, number, today);

    public Task RemoveFormerUsage(DateOnly today) => former.RemoveBefore(today);

    public Task<StoredQuota> LoadQuota(Guid userId, DateOnly day) => database.Read(async connection =>
    {
        await using var reader = await connection.ExecuteReaderAsync(
            AllowanceOfUser, new { user = userId, day = day.DayNumber });
        await reader.ReadAsync();
        return RowReader.Allowance(reader, 0);
    });

    // With the user's lock: the tier does not change while the acceptance of turns is judged by it.
    public Task<bool> SetTier(Guid userId, TierGrant grant) => writer.Write(new WriteOperation(
        WrittenTable.Users, userId, userId,
    [
        new(SetTierOfUser,
        [
            ("user", userId),
            ("tier", (int)grant.Tier),
            ("until", grant.ValidUntil?.ToUnixTimeMilliseconds()),
            ("version", grant.Version),
        ]),
    ])
    {
        LocksUser = true,
    });

    public Task<ImmutableArray<RoomSummary>> LoadRooms(Guid userId) => database.Read(async connection =>
    {
        await using var reader = await connection.ExecuteReaderAsync(RoomsOfUser, new { userId });
        var rooms = ImmutableArray.CreateBuilder<RoomSummary>();
        while (await reader.ReadAsync())
        {
            rooms.Add(RowReader.Summary(reader));
        }

        return rooms.DrainToImmutable();
    });

    public Task Delete(Guid userId, DateTimeOffset now) => deleted.Delete(userId, now);

    public Task<string?> FindNumberOfDeletedUser(Guid userId) => deleted.NumberOf(userId);

    public Task<ImmutableArray<Guid>> ListDeletedUsers(Guid after, int limit) => deleted.Unerased(after, limit);

    public Task<bool> Erase(Guid userId) => deleted.Erase(userId);

    private Task<bool> Save(UserProfile user, ImmutableArray<Statement> more) =>
        writer.Write(new WriteOperation(WrittenTable.Users, user.Id, user.Id,
        [
            new(SaveUser,
            [
                ("user", user.Id),
                ("number", user.MobileNumber),
                ("name", user.Name),
                ("created", user.CreatedAt.ToUnixTimeMilliseconds()),
            ]),
            .. more,
        ])
        {
            LocksUser = true,
        });
}

using System.Collections.Immutable;
using Dapper;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Users;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>Users in the database.</summary>
internal sealed class UserStore(Database database, StoreWriter writer) : IUserStore
{
    private const string LoadUser = "select user_id, name, mobile_number, created_at from users where user_id = @userId";

    private const string RoomsOfUser = $"select {Rows.SummaryColumns} from rooms r where r.user_id = @userId";

    private const string SaveUser = """
        insert into users (user_id, mobile_number, name, created_at)
        values (@user, @number, @name, @created)
        on conflict (user_id) do update set name = excluded.name
        """;

    public Task<UserProfile?> Load(Guid userId) => database.Read(async connection =>
    {
        await using var reader = await connection.ExecuteReaderAsync(LoadUser, new { userId });
        return await reader.ReadAsync()
            ? new UserProfile(
                reader.GetGuid(0), Rows.TextOrNull(reader, 1), reader.GetString(2), Rows.Moment(reader, 3))
            : null;
    });

    public Task Save(UserProfile user) => writer.Write(new WriteOperation(WrittenTable.Users, user.Id, user.Id,
    [
        new(SaveUser,
        [
            ("user", user.Id),
            ("number", user.MobileNumber),
            ("name", user.Name),
            ("created", user.CreatedAt.ToUnixTimeMilliseconds()),
        ]),
    ]));

    public Task<ImmutableArray<RoomSummary>> LoadRooms(Guid userId) => database.Read(async connection =>
    {
        await using var reader = await connection.ExecuteReaderAsync(RoomsOfUser, new { userId });
        var rooms = ImmutableArray.CreateBuilder<RoomSummary>();
        while (await reader.ReadAsync())
        {
            rooms.Add(Rows.Summary(reader));
        }

        return rooms.DrainToImmutable();
    });
}

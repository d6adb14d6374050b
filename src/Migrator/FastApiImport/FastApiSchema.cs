using Dapper;
using Npgsql;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>
/// The tables of the FastAPI service. There are many similar services, whose columns have one of a few names. Missing columns are
/// allowed, except those that a user, a room or a message needs.
/// </summary>
internal sealed class FastApiSchema
{
    // The digits of the scripts that phone keyboards can write.
    private const string Digits = "0-9٠-٩۰-۹०-९０-９";

    private const string Columns = """
        select table_name, column_name, data_type from information_schema.columns
        where table_schema = any(current_schemas(false))
        """;

    private readonly Dictionary<(string Table, string Column), string> _types;

    private FastApiSchema(Dictionary<(string Table, string Column), string> types)
    {
        _types = types;
        var users = Table("users", "user");
        var rooms = Table("chatrooms", "chatroom", "chat_rooms");
        var messages = Table("messages", "message", "chat_messages");
        Users = UsersOf(users);

        // The parser of numbers ignores letters and signs before the first digit.
        NumbersWithoutCountry = $"select count(*) from \"{users}\" u where u.{Number(users)}::text ~ '^[^+﹢＋{Digits}]*[{Digits}]'";
        var owner = Required(rooms, "user_id", "owner_id");
        var room = Required(messages, "chatroom_id", "chat_room_id", "room_id");
        Rooms = $"""
            select {Id("r", rooms)}, r.{owner}::bigint, {Text("r", rooms, "name", "title")}, {Moment("r", rooms, "created_at")},
              {Id("m", messages)}, m.{Required(messages, "sender", "sender_type", "role", "message_type")}::text,
              m.{Required(messages, "content", "text", "message")}::text, {Moment("m", messages, "timestamp", "created_at")}
            from "{rooms}" r left join "{messages}" m on m.{room} = r.id
            order by r.id, m.id
            """;
        MessagesOfNoRoom = $"""select count(*) from "{messages}" m where not exists (select 1 from "{rooms}" r where r.id = m.{room})""";
    }

    /// <summary>
    /// The query of users, ordered by id; users who have verified their number come first. See <see cref="FastApiUser"/> for the
    /// columns.
    /// </summary>
    public string Users { get; }

    /// <summary>
    /// The query of rooms with their messages, ordered by the ids of both. See <see cref="FastApiMessage"/> for the columns.
    /// </summary>
    public string Rooms { get; }

    public string MessagesOfNoRoom { get; }

    /// <summary>The query that counts numbers without a country code.</summary>
    public string NumbersWithoutCountry { get; }

    /// <summary>Reads which tables and columns exist.</summary>
    /// <exception cref="MigrationRefusedException">It is not the database of such a service.</exception>
    public static async Task<FastApiSchema> Read(NpgsqlConnection connection)
    {
        var rows = await connection.QueryAsync<(string Table, string Column, string Type)>(Columns);
        return new FastApiSchema(rows.ToDictionary(row => (row.Table, row.Column), row => row.Type));
    }

    private string UsersOf(string users)
    {
        var subscriptions = Find("subscriptions", "user_id") is null ? null : "subscriptions";
        var customer = OfUserOrSubscription(users, subscriptions, "stripe_customer_id", "customer_id");
        var subscription = OfUserOrSubscription(users, subscriptions, "stripe_subscription_id", "subscription_id");
        var tier = Text("u", users, "subscription_type", "subscription_tier", "subscription", "subscription_status", "tier", "plan");
        var pro = Find(users, "is_pro") is { } flag && _types[(users, flag)] is "boolean" ? $"coalesce(u.{flag}, false)" : "false";
        var proved = Find(users, "is_verified") is { } mark ? $"coalesce(u.{mark}::text in ('true', '1'), false)" : "true";
        return $"""
            select {Id("u", users)}, u.{Number(users)}::text,
              {Text("u", users, "name", "full_name")}, {Text("u", users, "hashed_password", "password_hash", "password")},
              {Moment("u", users, "created_at")}, {proved}, {pro} or coalesce(lower({tier}) like 'pro%', false),
              {customer}, {subscription}
            from "{users}" u order by 6 desc, 1
            """;
    }

    private string Number(string users) => Required(users, "mobile_number", "phone_number", "mobile", "phone");

    // Of several subscriptions the newest counts.
    private string OfUserOrSubscription(string users, string? subscriptions, params string[] names)
    {
        var own = Text("u", users, names);
        if (subscriptions is null || Find(subscriptions, names) is not { } column)
        {
            return own;
        }

        var age = HasWholeId(subscriptions) ? "id" : "ctid";
        return $"""
            coalesce({own}, (select s.{column}::text from subscriptions s
              where s.user_id = u.id and s.{column} is not null order by s.{age} desc limit 1))
            """;
    }

    private string Table(params string[] names) => names.FirstOrDefault(name => Find(name, "id") is not null)
        ?? throw new MigrationRefusedException($"The database has no table {names[0]} with a column id: it is not the old service's.");

    private string? Find(string table, params string[] names) => Array.Find(names, name => _types.ContainsKey((table, name)));

    private string Required(string table, params string[] names) => Find(table, names)
        ?? throw new MigrationRefusedException($"The table {table} has no column {names[0]}: it is not the old service's.");

    private bool HasWholeId(string table) => _types.GetValueOrDefault((table, "id")) is "smallint" or "integer" or "bigint";

    private string Id(string alias, string table) => HasWholeId(table)
        ? $"{alias}.id::bigint"
        : throw new MigrationRefusedException($"The column id of {table} holds no whole numbers: it is not the old service's.");

    private string Text(string alias, string table, params string[] names) =>
        Find(table, names) is { } column ? $"{alias}.{column}::text" : "null::text";

    // In Unix milliseconds. A time without a zone is in UTC, as such services store it.
    private string Moment(string alias, string table, params string[] names) =>
        Find(table, names) is { } column && _types[(table, column)].StartsWith("timestamp", StringComparison.Ordinal)
            ? $"case when isfinite({alias}.{column}) then floor(extract(epoch from {alias}.{column}) * 1000)::bigint end"
            : "null::bigint";
}

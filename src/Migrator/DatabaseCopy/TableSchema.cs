using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace GeminiChat.Migrator.DatabaseCopy;

/// <summary>Reads which tables to copy from the schema, so a new table needs no change here.</summary>
internal static class TableSchema
{
    private const string GrainStateTable = "orleansstorage";

    // Tables that belong to one database: its migrations, Orleans' queries, the state of writers and migrations, and the index of
    // the messages, which is built anew.
    private static readonly string[] ExcludedTables =
        ["schema_versions", "orleansquery", "commit_marks", "moves", "message_words", "unindexed_rooms", "search_since"];

    // The table has no primary key but an index of these columns. A null could not be compared with other keys.
    private static readonly string[] GrainStateKey =
    [
        "grainidhash", "graintypehash", "grainidn0", "grainidn1", "graintypestring", "serviceid",
        "coalesce(grainidextensionstring, '')",
    ];

    // Tables that refer to another table come last.
    private const string Columns = """
        select c.table_name, c.column_name, c.data_type
        from information_schema.columns c
        join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
        where t.table_schema = 'public' and t.table_type = 'BASE TABLE' and t.table_name <> all(@ExcludedTables)
        order by exists (
            select 1 from pg_constraint k join pg_class r on r.oid = k.conrelid
            where k.contype = 'f' and r.relname = c.table_name and r.relnamespace = 'public'::regnamespace),
          c.table_name, c.ordinal_position
        """;

    private const string Keys = """
        select t.relname, a.attname
        from pg_index i
        join pg_class t on t.oid = i.indrelid
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
        where i.indisprimary and t.relnamespace = 'public'::regnamespace
        order by t.relname, array_position(i.indkey::int2[], a.attnum)
        """;

    public static async Task<IReadOnlyList<CopiedTable>> Read(NpgsqlConnection connection)
    {
        var columns = (await connection.QueryAsync<(string Table, string Name, string Type)>(Columns, new { ExcludedTables }))
            .ToLookup(column => column.Table, column => new CopiedColumn(column.Name, TypeOf(column.Type)));
        var keys = (await connection.QueryAsync<(string Table, string Column)>(Keys)).ToLookup(key => key.Table, key => key.Column);
        return [.. columns.Select(table => new CopiedTable(table.Key, [.. table], BuildKey(table.Key, [.. table], keys[table.Key])))];
    }

    private static ImmutableArray<CopiedColumn> BuildKey(string table, ImmutableArray<CopiedColumn> columns, IEnumerable<string> primary)
    {
        var names = table == GrainStateTable ? GrainStateKey : primary;
        return [.. names.Select(name =>
            columns.FirstOrDefault(column => column.Name == name) ?? new CopiedColumn(name, NpgsqlDbType.Text))];
    }

    private static NpgsqlDbType TypeOf(string type) => type switch
    {
        "uuid" => NpgsqlDbType.Uuid,
        "text" or "character varying" => NpgsqlDbType.Text,
        "smallint" => NpgsqlDbType.Smallint,
        "integer" => NpgsqlDbType.Integer,
        "bigint" => NpgsqlDbType.Bigint,
        "bytea" => NpgsqlDbType.Bytea,
        "timestamp without time zone" => NpgsqlDbType.Timestamp,
        _ => throw new NotSupportedException($"Columns of type {type} are not moved yet."),
    };
}

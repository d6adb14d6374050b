using System.Text;
using Microsoft.Data.Sqlite;

namespace GeminiChat.Grains.Tests.Hosting;

/// <summary>Looks into all tables of SQLite files, those of grain state included.</summary>
internal static class DatabaseTextSearch
{
    public static async Task<List<string>> FindColumnsWith(string folder, string text)
    {
        var columns = new List<string>();
        foreach (var file in Directory.GetFiles(folder, "*.db"))
        {
            await using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
            await connection.OpenAsync();
            foreach (var table in await Tables(connection))
            {
                columns.AddRange(await FindColumnsWith(connection, table, Encoding.UTF8.GetBytes(text)));
            }
        }

        return columns;
    }

    private static async Task<List<string>> Tables(SqliteConnection connection)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "select name from sqlite_master where type = 'table'";
        await using var reader = await command.ExecuteReaderAsync();
        var tables = new List<string>();
        while (await reader.ReadAsync())
        {
            tables.Add(reader.GetString(0));
        }

        return tables;
    }

    private static async Task<HashSet<string>> FindColumnsWith(SqliteConnection connection, string table, byte[] text)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"select * from \"{table}\"";
        await using var reader = await command.ExecuteReaderAsync();
        var columns = new HashSet<string>();
        while (await reader.ReadAsync())
        {
            for (var i = 0; i < reader.FieldCount; i++)
            {
                var value = reader.GetValue(i) is byte[] blob ? blob : Encoding.UTF8.GetBytes($"{reader.GetValue(i)}");
                if (value.AsSpan().IndexOf(text) >= 0)
                {
                    columns.Add($"{table}.{reader.GetName(i)}");
                }
            }
        }

        return columns;
    }
}

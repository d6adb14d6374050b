using Dapper;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Store.Migrations;
using GeminiChat.Silo.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace GeminiChat.Migrator;

/// <summary>Which version's tables SQLite files hold.</summary>
internal static class SqliteSchemaCheck
{
    /// <summary>Refuses files that are missing, or not of this version.</summary>
    /// <exception cref="MigrationRefusedException">They are not.</exception>
    public static void RequireCurrentVersion(DatabaseAddress.Sqlite address)
    {
        foreach (var (file, expected) in FilesAndScripts(address))
        {
            if (!File.Exists(file))
            {
                throw new MigrationRefusedException($"The file {file} does not exist.");
            }

            var scripts = ReadAppliedScripts(file);
            if (expected.Except(scripts, StringComparer.Ordinal).Any())
            {
                throw new MigrationRefusedException(
                    $"The file {file} is an older version's, or no database of this service: start this version on it once, then move.");
            }
        }

        RefuseNewerVersion(address);
    }

    /// <summary>Refuses files that a newer version has changed.</summary>
    /// <exception cref="MigrationRefusedException">They are.</exception>
    public static void RefuseNewerVersion(DatabaseAddress.Sqlite address)
    {
        foreach (var (file, expected) in FilesAndScripts(address))
        {
            if (File.Exists(file) && ReadAppliedScripts(file).Except(expected, StringComparer.Ordinal).Any())
            {
                throw new MigrationRefusedException($"The file {file} is a newer version's; move with that one.");
            }
        }
    }

    private static IEnumerable<(string File, IEnumerable<string> Scripts)> FilesAndScripts(DatabaseAddress.Sqlite address) =>
    [
        (address.File, SchemaMigrations.ScriptNames(SqliteDatabase.Scripts)),
        (address.GrainsFile, SchemaMigrations.ScriptNames(SqliteDatabase.GrainsScripts)),
    ];

    private static string[] ReadAppliedScripts(string file)
    {
        using var connection = new SqliteConnection(SqliteConnections.ForReading(file) + ";Pooling=False");
        connection.Open();
        var isOurs = connection.ExecuteScalar<long>("select count(*) from sqlite_master where name = 'SchemaVersions'") > 0;
        return isOurs ? [.. connection.Query<string>("select ScriptName from SchemaVersions")] : [];
    }
}

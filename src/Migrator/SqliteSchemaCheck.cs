using Dapper;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Store.Migrations;
using GeminiChat.Silo.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace GeminiChat.Migrator;

/// <summary>Checks the schema version of SQLite files.</summary>
internal static class SqliteSchemaCheck
{
    /// <summary>Requires files that this version has started on.</summary>
    /// <exception cref="MigrationRefusedException">A file is missing or does not have this version's schema.</exception>
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
                    $"The file {file} is an older version's, or no database of this service. Start this version on it once, then run migrate again.");
            }
        }

        RefuseNewerVersion(address);
    }

    /// <summary>Refuses files of a newer version. A missing file is accepted.</summary>
    /// <exception cref="MigrationRefusedException">A newer version has migrated a file.</exception>
    public static void RefuseNewerVersion(DatabaseAddress.Sqlite address)
    {
        foreach (var (file, expected) in FilesAndScripts(address))
        {
            if (File.Exists(file) && ReadAppliedScripts(file).Except(expected, StringComparer.Ordinal).Any())
            {
                throw new MigrationRefusedException($"The file {file} is a newer version's. Run migrate of that version.");
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

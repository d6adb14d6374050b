using Microsoft.Data.Sqlite;

namespace GeminiChat.Silo.Store.Sqlite;

/// <summary>How connections to a SQLite file are made.</summary>
internal static class SqliteConnections
{
    // Reads are short, and a pooled connection is open already.
    private const int ReadTimeoutSeconds = 10;

    public static string ForReading(string file) => new SqliteConnectionStringBuilder
    {
        DataSource = file,
        Mode = SqliteOpenMode.ReadOnly,
        DefaultTimeout = ReadTimeoutSeconds,
    }.ConnectionString;

    public static string ForWriting(string file) => new SqliteConnectionStringBuilder
    {
        DataSource = file,
        Mode = SqliteOpenMode.ReadWriteCreate,
        Pooling = false,
    }.ConnectionString;

    /// <summary>
    /// Opens a connection for writing. A commit has reached the disk when it returns, and deleted data is overwritten.
    /// </summary>
    /// <param name="connectionString">The connection string.</param>
    /// <param name="busy">How long a statement waits for a lock. The driver's own wait, in steps of 150 ms, is off.</param>
    public static SqliteConnection Open(string connectionString, TimeSpan busy)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            Configure(connection, busy);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Configure(SqliteConnection connection, TimeSpan busy)
    {
        connection.DefaultTimeout = 1;
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            pragma busy_timeout = {(long)busy.TotalMilliseconds};
            pragma journal_mode = wal;
            pragma synchronous = full;
            pragma journal_size_limit = 67108864;
            pragma secure_delete = on;
            """;
        command.ExecuteNonQuery();
    }
}

using Microsoft.Data.Sqlite;

namespace GeminiChat.Silo.Store.Sqlite;

/// <summary>How connections to a SQLite file are made.</summary>
internal static class SqliteConnections
{
    // Each of these is short, and a pooled one is open already.
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
    /// Makes an open connection durable: a commit has reached the disk when it returns, and what it deletes is overwritten.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="busy">How long a statement waits for a lock. The driver's own waiting, in steps of 150 ms, is off.</param>
    public static void Configure(SqliteConnection connection, TimeSpan busy)
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

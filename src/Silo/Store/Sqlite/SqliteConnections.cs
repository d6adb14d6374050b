using Microsoft.Data.Sqlite;

namespace GeminiChat.Silo.Store.Sqlite;

/// <summary>How connections to a SQLite file are made.</summary>
internal static class SqliteConnections
{
    // 4,000 pages of 4 KB: a write-ahead log of 16 MB. With fewer checkpoints, a page that changes often is written to the file
    // less often.
    private const int PagesUntilCheckpoint = 4000;

    private const int DefaultCacheKilobytes = 2000;

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
    /// <param name="cacheKilobytes">How much of the file the connection keeps in memory.</param>
    public static SqliteConnection Open(string connectionString, TimeSpan busy, int cacheKilobytes = DefaultCacheKilobytes)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            Configure(connection, busy, cacheKilobytes);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Configure(SqliteConnection connection, TimeSpan busy, int cacheKilobytes)
    {
        connection.DefaultTimeout = 1;
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            pragma busy_timeout = {(long)busy.TotalMilliseconds};
            pragma journal_mode = wal;
            pragma synchronous = full;
            pragma wal_autocheckpoint = {PagesUntilCheckpoint};
            pragma journal_size_limit = 67108864;
            pragma secure_delete = on;
            pragma cache_size = -{cacheKilobytes};
            """;
        command.ExecuteNonQuery();
    }
}

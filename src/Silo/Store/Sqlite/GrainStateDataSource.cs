using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace GeminiChat.Silo.Store.Sqlite;

/// <summary>
/// Connections for Orleans' storage of grain state, which knows nothing of SQLite's settings and runs its statements
/// on the thread that opened the connection.
/// </summary>
internal sealed class GrainStateDataSource(string file) : DbDataSource
{
    // Grains that write at the same moment wait for each other's flush to disk; this covers a thousand of them.
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(10);

    private readonly string _connectionString = new SqliteConnectionStringBuilder
    {
        DataSource = file,
        Mode = SqliteOpenMode.ReadWrite,
    }.ConnectionString;

    [AllowNull]
    public override string ConnectionString => _connectionString;

    protected override DbConnection CreateDbConnection() => new SqliteConnection(_connectionString);

    protected override DbConnection OpenDbConnection()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            SqliteConnections.Configure(connection, BusyTimeout);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // What Orleans does with the connection blocks; leaving the grain's thread here lets its other calls go on.
    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        await Task.Run(OpenDbConnection, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        using var pooled = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(pooled);
        base.Dispose(disposing);
    }
}

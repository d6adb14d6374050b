using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace GeminiChat.Silo.Store.Sqlite;

/// <summary>
/// Connections for Orleans' grain storage, which does not set SQLite's options and runs its statements on the thread that opened
/// the connection.
/// </summary>
internal sealed class GrainStateDataSource(string file) : DbDataSource
{
    // Grains that write at the same time wait for each other's flush to disk. This is enough for a thousand of them.
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(10);

    private readonly string _connectionString = new SqliteConnectionStringBuilder
    {
        DataSource = file,
        Mode = SqliteOpenMode.ReadWrite,
    }.ConnectionString;

    [AllowNull]
    public override string ConnectionString => _connectionString;

    protected override DbConnection CreateDbConnection() => new SqliteConnection(_connectionString);

    protected override DbConnection OpenDbConnection() => SqliteConnections.Open(_connectionString, BusyTimeout);

    // Orleans' use of the connection blocks the thread. On another thread than the grain's, the grain's other calls go on.
    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        await Task.Run(OpenDbConnection, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        using var pooled = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(pooled);
        base.Dispose(disposing);
    }
}

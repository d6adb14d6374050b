using System.Data.Common;
using System.Globalization;
using Dapper;
using GeminiChat.Silo.Store;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace GeminiChat.Silo.Tests.Store;

/// <summary>A database that exists for one test class. Values are read back past the store, as the tables have them.</summary>
public abstract class TestDatabase : IAsyncLifetime
{
    /// <summary>The value of <c>DATABASE_URL</c>.</summary>
    public abstract string Url { get; }

    /// <summary>Skips the test when there is no server for it.</summary>
    public virtual void SkipUnlessAvailable()
    {
    }

    /// <summary>A connection that is not the store's.</summary>
    public abstract Task<DbConnection> Open();

    public async Task Execute(string sql, object? parameters = null)
    {
        await using var connection = await Open();
        await connection.ExecuteAsync(sql, parameters);
    }

    public async Task<long> Count(string sql, object? parameters = null)
    {
        await using var connection = await Open();
        return Convert.ToInt64(
            await connection.ExecuteScalarAsync<object>(sql, parameters) ?? 0, CultureInfo.InvariantCulture);
    }

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();
}

/// <summary>A file in a folder of its own.</summary>
public sealed class SqliteTestDatabase : TestDatabase
{
    private readonly TemporaryFolder _folder = new();

    public string File => Path.Combine(_folder.Path, "data", "test.db");

    public override string Url => $"sqlite:///{File}";

    public override async Task<DbConnection> Open()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }

    public override ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>A database on the server that <c>TEST_DATABASE_URL</c> names.</summary>
public sealed class PostgresTestDatabase : TestDatabase
{
    private const string Variable = "TEST_DATABASE_URL";

    private static readonly string? Server = Environment.GetEnvironmentVariable(Variable);

    private readonly string _name = $"test_{Guid.CreateVersion7():N}";

    public override string Url => new UriBuilder(Server!) { Path = _name }.Uri.ToString();

    public string ConnectionString => ConnectionStringOf(Url);

    public override void SkipUnlessAvailable() => Assert.SkipWhen(
        string.IsNullOrEmpty(Server),
        $"Set {Variable} to a PostgreSQL server whose user may create databases, as postgresql://user:password@host:port/postgres.");

    public override async Task<DbConnection> Open()
    {
        var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false;Application Name=test");
        await connection.OpenAsync();
        return connection;
    }

    public override ValueTask InitializeAsync() => OnServer($"create database {_name}");

    public override ValueTask DisposeAsync() => OnServer($"drop database if exists {_name} with (force)");

    private static async ValueTask OnServer(string sql)
    {
        if (!string.IsNullOrEmpty(Server))
        {
            await using var connection = new NpgsqlConnection(ConnectionStringOf(Server) + ";Pooling=false");
            await connection.OpenAsync();
            await connection.ExecuteAsync(sql);
        }
    }

    private static string ConnectionStringOf(string url) =>
        ((DatabaseAddress.Postgres)DatabaseUrl.Parse(url, "/")).ConnectionString;
}

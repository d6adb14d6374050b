using System.Globalization;
using Npgsql;

namespace GeminiChat.EndToEnd.Tests.Migrator;

/// <summary>A database of its own on the server that <c>TEST_DATABASE_URL</c> names.</summary>
internal sealed class TemporaryDatabase : IAsyncDisposable
{
    private const string Variable = "TEST_DATABASE_URL";

    private static readonly string? Server = Environment.GetEnvironmentVariable(Variable);

    private readonly string _name = $"test_{Guid.CreateVersion7():N}";

    public string Url => new UriBuilder(Server!) { Path = _name }.Uri.ToString();

    public static async Task<TemporaryDatabase> Create()
    {
        Assert.SkipWhen(
            string.IsNullOrEmpty(Server),
            $"Set {Variable} to a PostgreSQL server whose user may create databases, as postgresql://user:password@host:port/postgres.");
        var database = new TemporaryDatabase();
        await Run("postgres", $"create database {database._name}");
        return database;
    }

    public Task Execute(string sql) => Run(_name, sql);

    public async Task<long> Count(string sql)
    {
        await using var connection = await Open(_name);
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync() => await Run("postgres", $"drop database if exists {_name} with (force)");

    private static async Task Run(string name, string sql)
    {
        await using var connection = await Open(name);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<NpgsqlConnection> Open(string name)
    {
        var server = new Uri(Server!);
        var login = server.UserInfo.Split(':', 2);
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = server.Host,
            Port = server.IsDefaultPort ? 5432 : server.Port,
            Username = Uri.UnescapeDataString(login[0]),
            Password = login.Length == 2 ? Uri.UnescapeDataString(login[1]) : null,
            Database = name,
            Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}

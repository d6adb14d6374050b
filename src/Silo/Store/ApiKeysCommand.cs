using System.Data.Common;
using System.Globalization;
using Dapper;
using GeminiChat.ServiceDefaults;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Startup;
using GeminiChat.Silo.Store.Postgres;
using GeminiChat.Silo.Store.Sqlite;
using Npgsql;

namespace GeminiChat.Silo.Store;

/// <summary>
/// The command <c>keys</c>: creates, lists and revokes API keys. It starts no host. It opens the database directly, also while the
/// service runs, so it takes no lock on the database.
/// </summary>
public static class ApiKeysCommand
{
    private const string Help = """
        API keys are for your own servers. A key is shown once; the database has only its hash.

          keys create --scope users --name <name> [--expires 90d]
          keys list
          keys revoke <id>

        --scope    users: the key may sign users in, POST /auth/token
        --name     1 to 100 characters, for the list
        --expires  after how many days (90d) or hours (12h) the key ends; without it, never

        The database is that of DATABASE_URL. In a cluster, use the one of the silos.
        Ends with 0 when it is done, 1 when it has failed, 2 when the arguments are invalid.
        """;

    private const string CountTables = "select count(*) from sqlite_master where name = 'api_keys'";
    private const string CountPostgresTables = "select count(*) from information_schema.tables where table_name = 'api_keys'";

    private const string Insert = """
        insert into api_keys (key_id, secret_hash, name, scope, created_at, expires_at)
        values (@id, @hash, @name, @scope, @now, @expires)
        """;

    private const string Select = """
        select key_id, name, scope, created_at, expires_at, last_used_at, revoked_at from api_keys order by created_at, key_id
        """;

    private const string Revoke = "update api_keys set revoked_at = @now where key_id = @id and revoked_at is null";

    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Whether the words of a command line are for this command.</summary>
    public static bool IsIn(string[] words) => words is ["keys", ..];

    /// <summary>Runs the command.</summary>
    /// <param name="words">The command line.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> Run(string[] words)
    {
        var settings = new ConfigurationManager();
        settings.AddEnvironmentVariables();
        settings.AddDotEnv(DotEnv.Read());
        return Run(words, settings, TimeProvider.System, Console.Out, Console.Error);
    }

    internal static async Task<int> Run(
        string[] words, IConfiguration settings, TimeProvider time, TextWriter output, TextWriter errors)
    {
        if (words is ["keys", "--help" or "-h" or "help"])
        {
            await output.WriteLineAsync(Help);
            return 0;
        }

        try
        {
            var action = Parse(words, time);
            await using var connection = await Open(settings);
            await action(connection, output);
            return 0;
        }
        catch (FormatException wrong)
        {
            await errors.WriteLineAsync($"keys: {wrong.Message} See keys --help.");
            return 2;
        }
        catch (Exception failure) when (
            failure is StartupException or OptionsValidationException or DbException or IOException or TimeoutException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"keys: {failure.Message.ReplaceLineEndings(" ")}");
            return 1;
        }
    }

    private static Func<DbConnection, TextWriter, Task> Parse(string[] words, TimeProvider time)
    {
        switch (words)
        {
            case ["keys", "create", .. var rest]:
                var key = NewApiKey.Parse(rest, time.GetUtcNow());
                return (connection, output) => Create(connection, key, output);
            case ["keys", "list"]:
                return (connection, output) => List(connection, time.GetUtcNow(), output);
            case ["keys", "revoke", var text] when Guid.TryParse(text, out var id):
                return (connection, output) => RevokeKey(connection, id, time.GetUtcNow(), output);
            case ["keys", "revoke", ..]:
                throw new FormatException("revoke needs the id of a key, as the list shows it.");
            default:
                throw new FormatException("create, list or revoke is needed.");
        }
    }

    private static async Task Create(DbConnection connection, NewApiKey key, TextWriter output)
    {
        var id = Guid.CreateVersion7(key.CreatedAt);
        var token = ApiKeyText.Create(id, out var hash);
        await connection.ExecuteAsync(Insert, new
        {
            id,
            hash,
            name = key.Name,
            scope = (int)ApiKeyScope.Users,
            now = key.CreatedAt.ToUnixTimeMilliseconds(),
            expires = key.ExpiresAt?.ToUnixTimeMilliseconds(),
        });
        await output.WriteLineAsync("The key is shown only now. Keep it where your server keeps its secrets.");
        await output.WriteLineAsync(token);
    }

    private static async Task List(DbConnection connection, DateTimeOffset now, TextWriter output)
    {
        await output.WriteLineAsync($"{"id",-32}  {"scope",-6}  {"state",-8}  {"created",-16}  {"expires",-16}  {"last used",-16}  name");
        await using var row = await connection.ExecuteReaderAsync(Select);
        while (await row.ReadAsync())
        {
            var state = !row.IsDBNull(6) ? "revoked" : !row.IsDBNull(4) && RowReader.Timestamp(row, 4) <= now ? "expired" : "valid";
            var scope = ((ApiKeyScope)row.GetInt32(2)).ToString().ToLowerInvariant();
            await output.WriteLineAsync(
                $"{row.GetGuid(0):N}  {scope,-6}  {state,-8}  {Time(row, 3),-16}  {Time(row, 4),-16}  {Time(row, 5),-16}  {row.GetString(1)}");
        }
    }

    private static string Time(DbDataReader row, int column) =>
        row.IsDBNull(column) ? "never" : RowReader.Timestamp(row, column).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static async Task RevokeKey(DbConnection connection, Guid id, DateTimeOffset now, TextWriter output)
    {
        if (await connection.ExecuteAsync(Revoke, new { id, now = now.ToUnixTimeMilliseconds() }) == 0)
        {
            throw new StartupException("There is no such key, or it was revoked before.");
        }

        await output.WriteLineAsync($"The key {id:N} is refused from now on. Users whom it has signed in stay signed in.");
    }

    private static async Task<DbConnection> Open(IConfiguration settings)
    {
        if (string.IsNullOrWhiteSpace(settings["DATABASE_URL"]) && ClusterSettings.Read(settings).IsClustered)
        {
            throw new StartupException("DATABASE_URL is not set; in a cluster, keys needs the database of the silos.");
        }

        var address = DatabaseAddress.From(settings);
        var connection = await Open(address);
        if (await connection.ExecuteScalarAsync<long>(address is DatabaseAddress.Sqlite ? CountTables : CountPostgresTables) > 0)
        {
            return connection;
        }

        await connection.DisposeAsync();
        throw NotUsedYet(address);
    }

    private static async Task<DbConnection> Open(DatabaseAddress address)
    {
        switch (address)
        {
            case DatabaseAddress.Sqlite file:
                // SQLite would create the file, with a mode that others can read.
                return File.Exists(file.File) ? SqliteConnections.Open(SqliteConnections.ForWriting(file.File), BusyTimeout) : throw NotUsedYet(address);
            case DatabaseAddress.Postgres server:
                var connection = new NpgsqlConnection(PostgresConnections.WithoutPooling(PostgresConnections.WithTimeouts(server.ConnectionString)));
                await connection.OpenAsync();
                return connection;
            default:
                throw new InvalidOperationException("No such database.");
        }
    }

    private static StartupException NotUsedYet(DatabaseAddress address) =>
        new($"The database {address.Display} has no table of keys yet. Start this version of the service on it once.");
}

using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace GeminiChat.Running;

/// <summary>A PostgreSQL with a folder of its own, which is safe against kill -9: nothing is switched off.</summary>
public sealed class PostgresServer : ServerProcess
{
    private const string User = "geminichat";
    private const string Setpriv = "/usr/bin/setpriv";

    // PostgreSQL refuses to run as root.
    private static readonly string[] AsPostgres = ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"];

    private readonly int _port;

    private PostgresServer(string data, int port)
        : base(Command("postgres", "-D", data, "-h", "127.0.0.1", "-p", $"{port}", "-k", data, "-c", "max_connections=200"))
    {
        _port = port;
    }

    /// <summary>Whether it is installed.</summary>
    public static bool IsInstalled => Programs is not null;

    /// <summary>The value of <c>DATABASE_URL</c>.</summary>
    public string Url => $"postgresql://{User}@127.0.0.1:{_port}/postgres";

    // Its own signal for TERM waits for all clients to leave.
    protected override string StopSignal => "INT";

    public override IEnumerable<int> Processes =>
        [Id, .. File.ReadAllText($"/proc/{Id}/task/{Id}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];

    private static string? Programs =>
        !Directory.Exists("/usr/lib/postgresql") ? null
        : Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
            .Where(bin => File.Exists(Path.Combine(bin, "postgres"))).Order(StringComparer.Ordinal).LastOrDefault();

    private string ConnectionString => $"Host=127.0.0.1;Port={_port};Username={User};Database=postgres;Pooling=false;Application Name=test";

    /// <summary>Makes a database in a folder and starts the server; done when it serves.</summary>
    public static async Task<PostgresServer> Start(string folder)
    {
        var data = Path.Combine(folder, "postgres");
        Directory.CreateDirectory(data);
        if (Environment.IsPrivilegedProcess)
        {
            await Run(new ProcessStartInfo("chmod", ["go+x", folder]));
            await Run(new ProcessStartInfo("chown", ["postgres", data]));
        }

        await Run(Command("initdb", "-D", data, "-U", User, "-A", "trust", "--no-sync"));
        var server = new PostgresServer(data, Ports.FindFree());
        server.Launch();
        await server.WaitUntilReady();
        return server;
    }

    public override Task WaitUntilReady() => WaitUntil(async () =>
    {
        try
        {
            await Count("select 1");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    });

    /// <summary>Ends it as a power cut does: it has to recover when it starts again.</summary>
    public Task<int> StopImmediately()
    {
        SendSignal("QUIT", [Id]);
        return WaitForExit();
    }

    /// <summary>Changes a setting while it runs; it takes note a moment later.</summary>
    public async Task SetConfiguration(string setting, string value)
    {
        await Execute($"alter system set {setting} = '{value}'");
        await Execute("select pg_reload_conf()");
    }

    /// <summary>
    /// Makes commits durable and leaves them without an answer: they wait for a standby, which does not exist. Done when
    /// it is so.
    /// </summary>
    public async Task HoldCommits()
    {
        await SetConfiguration("synchronous_standby_names", "nobody");
        await WaitUntil(async () =>
        {
            _ = Execute("select pg_logical_emit_message(true, 'test', '')");
            return await Count("select count(*) from pg_stat_activity where wait_event = 'SyncRep'") > 0;
        });
    }

    /// <summary>Answers those commits, and all others.</summary>
    public Task ReleaseCommits() => SetConfiguration("synchronous_standby_names", "");

    /// <summary>Runs a statement in a transaction that lasts until it is disposed of.</summary>
    public async Task<IAsyncDisposable> OpenTransaction(string sql)
    {
        var connection = await Open();
        await using var command = new NpgsqlCommand($"begin; {sql}", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>Waits until a query gives a number other than 0.</summary>
    public Task WaitForRows(string sql) => WaitUntil(async () => await Count(sql) > 0);

    /// <summary>The number that a query gives.</summary>
    public async Task<long> Count(string sql)
    {
        await using var connection = await Open();
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    private async Task Execute(string sql)
    {
        await using var connection = await Open();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<NpgsqlConnection> Open()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static ProcessStartInfo Command(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs!, program);
        return Environment.IsPrivilegedProcess
            ? new ProcessStartInfo(Setpriv, [.. AsPostgres, "--pdeathsig", "KILL", path, .. arguments])
            : new ProcessStartInfo(path, arguments);
    }

    private static async Task Run(ProcessStartInfo start) => (await ProgramRun.ToEnd(start)).GetOutput();
}

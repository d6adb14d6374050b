using GeminiChat.Migrator;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Tests.Store;
using Microsoft.Data.Sqlite;

namespace GeminiChat.Silo.Tests.Migrator;

/// <summary>Two databases, and the command that moves from one to the other.</summary>
internal sealed class CopyPair : IAsyncDisposable
{
    private static readonly StoreTimeouts ShortTimeouts = new() { Lock = TimeSpan.FromMilliseconds(1), LockRetryDelay = TimeSpan.FromMilliseconds(1) };

    public SqliteTestDatabase Source { get; } = new();

    public PostgresTestDatabase Target { get; } = new();

    public string[] Arguments => ["--from", Source.Url, "--to", Target.Url];

    /// <summary>Makes both; the source with tables and no rows.</summary>
    public static async Task<CopyPair> Create()
    {
        var pair = new CopyPair();
        pair.Target.SkipUnlessAvailable();
        await pair.Target.InitializeAsync();
        await using (await StoreHost.Start(pair.Source.Url))
        {
        }

        return pair;
    }

    public async Task<SqliteConnection> OpenGrains()
    {
        var connection = new SqliteConnection($"Data Source={Path.ChangeExtension(Source.File, ".grains.db")};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }

    public async Task Fill(int seed, int rows)
    {
        await using var main = (SqliteConnection)await Source.Open();
        await using var grains = await OpenGrains();
        await new RandomRows(seed).Fill(main, grains, rows);
    }

    public Task<(int Code, string Output, string Errors)> RunCopy() => Run(Arguments);

    public static async Task<(int Code, string Output, string Errors)> Run(params string[] words)
    {
        await using StringWriter output = new(), errors = new();
        var code = await MigrateCommand.Run(words, new MigrationContext(output, ShortTimeouts, TimeProvider.System), errors);
        return (code, output.ToString(), errors.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await Target.DisposeAsync();
        await Source.DisposeAsync();
    }
}

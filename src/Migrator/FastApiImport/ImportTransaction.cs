using System.Data.Common;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>
/// Rows that are stored together. On SQLite grain state has its own file, which is committed first: when a user's row exists, the
/// user's grain state exists too.
/// </summary>
internal sealed class ImportTransaction : IAsyncDisposable
{
    private readonly MigrationTarget _target;
    private readonly DbTransaction _main;
    private readonly DbTransaction _grains;

    private ImportTransaction(MigrationTarget target, DbTransaction main, DbTransaction grains) =>
        (_target, _main, _grains) = (target, main, grains);

    public static async Task<ImportTransaction> Begin(MigrationTarget target)
    {
        var main = await target.MainConnection.BeginTransactionAsync();
        var grains = ReferenceEquals(target.MainConnection, target.GrainStateConnection)
            ? main
            : await target.GrainStateConnection.BeginTransactionAsync();
        return new ImportTransaction(target, main, grains);
    }

    /// <summary>Inserts rows into tables. Returns how many rows each statement has changed.</summary>
    public Task<int[]> Insert(IReadOnlyList<ImportStatement> rows) => ImportStatement.Run(_target.MainConnection, _main, rows);

    /// <summary>Inserts grain states. Returns 1 for each new one, and 0 for one that existed.</summary>
    public Task<int[]> InsertStates(IReadOnlyList<ImportStatement> states) => ImportStatement.Run(_target.GrainStateConnection, _grains, states);

    public Task<object?> Find(ImportStatement query) => query.Scalar(_target.MainConnection, _main);

    public Task<object?> FindState(ImportStatement query) => query.Scalar(_target.GrainStateConnection, _grains);

    public async Task Commit()
    {
        await _grains.CommitAsync();
        if (!ReferenceEquals(_main, _grains))
        {
            await _main.CommitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _grains.DisposeAsync();
        await _main.DisposeAsync();
    }
}

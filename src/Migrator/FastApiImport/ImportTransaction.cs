using System.Data.Common;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>
/// What is stored together. On SQLite the state of grains has a file of its own, and is committed first: a row of a
/// table says that all else is there.
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
        var grains = ReferenceEquals(target.MainConnection, target.GrainStateConnection) ? main : await target.GrainStateConnection.BeginTransactionAsync();
        return new ImportTransaction(target, main, grains);
    }

    /// <summary>Inserts rows into tables; tells which of them changed something.</summary>
    public Task<int[]> Insert(IReadOnlyList<ImportStatement> rows) => ImportStatement.Run(_target.MainConnection, _main, rows);

    /// <summary>Inserts states of grains; tells which of them were not there.</summary>
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

using System.Data;
using GeminiChat.Silo.Store.Writing;
using Npgsql;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>
/// Sends a batch's statements in one round trip and commits in a second. Not in the same one: when a connection is
/// lost, the outcomes of the statements must be in hand before it can matter whether the commit went through.
/// </summary>
internal sealed class PostgresBatchRunner(NpgsqlDataSource source, StoreTimeouts timings, TimeProvider time) : IBatchRunner
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly CommitMarker _mark = new(time);
    private NpgsqlConnection? _connection;

    // Each acceptance takes a lock, and the server's table of them has a fixed size.
    public int MaxBatch => 256;

    public bool IsBlocking => false;

    public async ValueTask<int[]> Run(IReadOnlyList<WriteOperation> operations)
    {
        var connection = await GetConnection();
        int[]? changed = null;
        try
        {
            await using var transaction = await connection.BeginTransactionAsync();
            changed = await PostgresBatch.Execute(connection, _mark.NextStatement(), operations);
            await transaction.CommitAsync();
            return changed;
        }
        catch (Exception e) when (PostgresErrors.EndsSession(e))
        {
            await CloseConnection();
            if (changed is not null && await ResolveUnknownCommit())
            {
                return changed;
            }

            // Without a COMMIT nothing of it can be stored any more.
            throw new ConnectionLostException(e);
        }
    }

    public BatchFault Classify(Exception exception) => PostgresErrors.Classify(exception);

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    private async Task<NpgsqlConnection> GetConnection()
    {
        if (_connection is { State: not ConnectionState.Open })
        {
            await CloseConnection();
        }

        return _connection ??= await source.OpenConnectionAsync();
    }

    private async Task<bool> ResolveUnknownCommit()
    {
        using var limit = new CancellationTokenSource(timings.UnknownCommit, time);
        while (true)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(limit.Token);
                return await _mark.WasCommitted(connection, limit.Token);
            }
            catch (Exception) when (limit.IsCancellationRequested)
            {
                throw new StoreOutcomeUnknownException("The database went away during the commit.");
            }
            catch (Exception)
            {
                // It is not back yet. Giving up for any other reason would let the batch be run twice.
                await Task.Delay(RetryDelay, time, CancellationToken.None);
            }
        }
    }

    // What ended this connection has most likely ended those in the pool too.
    private async Task CloseConnection()
    {
        var connection = _connection!;
        _connection = null;
        await connection.DisposeAsync();
        source.Clear();
    }
}

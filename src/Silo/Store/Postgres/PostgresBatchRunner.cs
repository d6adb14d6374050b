using System.Data;
using GeminiChat.Silo.Store.Writing;
using Npgsql;

namespace GeminiChat.Silo.Store.Postgres;

/// <summary>
/// Sends a batch's statements in one round trip and the commit in a second one. If the connection is lost during the commit, the
/// results of the statements are known already, so they can be returned once the transaction is known to be committed.
/// </summary>
internal sealed class PostgresBatchRunner(NpgsqlDataSource source, StoreTimeouts timeouts, TimeProvider time) : IBatchRunner
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly CommitMarker _mark = new(time);
    private NpgsqlConnection? _connection;

    // Each acceptance takes a lock, and the server's lock table has a fixed size.
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

            // The COMMIT was not sent or did not happen, so nothing of the batch is stored.
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
        using var limit = new CancellationTokenSource(timeouts.UnknownCommit, time);
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
                // The database is not back yet. Stopping the wait for any other reason could run the batch twice.
                await Task.Delay(RetryDelay, time, CancellationToken.None);
            }
        }
    }

    // The connections in the pool are most likely lost too.
    private async Task CloseConnection()
    {
        var connection = _connection!;
        _connection = null;
        await connection.DisposeAsync();
        source.Clear();
    }
}

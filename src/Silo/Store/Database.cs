using System.Data.Common;
using Dapper;
using GeminiChat.Silo.Store.Search;
using GeminiChat.Silo.Store.Writing;
using Orleans.Configuration;

namespace GeminiChat.Silo.Store;

/// <summary>The database: what is different between SQLite and PostgreSQL.</summary>
internal abstract partial class Database(ILogger logger) : IAsyncDisposable
{
    /// <summary>The address as people read it: without user and password.</summary>
    public abstract string Display { get; }

    /// <summary>The index of the words of messages.</summary>
    public abstract MessageIndex Index { get; }

    /// <summary>A table <c>k</c> with the elements of an array parameter in the column <c>value</c>.</summary>
    public abstract string ArrayTable(string parameter);

    /// <summary>The value of an array parameter of a query.</summary>
    public abstract object ArrayParameter(ImmutableArray<long> values);

    /// <inheritdoc cref="ArrayParameter(ImmutableArray{long})"/>
    public abstract object ArrayParameter(ImmutableArray<Guid> values);

    /// <summary>
    /// The statements that end a pending reply and then update its room. Their parameters are those of
    /// <see cref="RoomWrites.Finish"/>. The first one changes no row when the reply was not pending; then the others change
    /// nothing either.
    /// </summary>
    public abstract ImmutableArray<string> FinishReplySql { get; }

    /// <summary>The same for a reply for which the model searched the web: the searches are counted for the day of its end.</summary>
    public abstract ImmutableArray<string> FinishReplyAndCountSearchesSql { get; }

    /// <summary>
    /// The same for a reply that is refunded to its day's usage. The refund is made only if the reply was counted and the day
    /// allows one more refund of its kind (<see cref="RoomWrites.IsRefundable"/>).
    /// </summary>
    public abstract ImmutableArray<string> FinishReplyAndRefundSql { get; }

    /// <summary>The same for a reply that is refunded and for which the model searched the web.</summary>
    public abstract ImmutableArray<string> FinishReplyCountSearchesAndRefundSql { get; }

    /// <summary>Takes the lock on the whole database; null when another process has it.</summary>
    /// <param name="shared">Whether other processes may hold a shared lock at the same time.</param>
    /// <param name="cancellationToken">Ends the wait for the database.</param>
    public abstract Task<IAsyncDisposable?> TryLock(bool shared, CancellationToken cancellationToken);

    /// <summary>Migrates the schema to this version. Several processes can do it at the same time.</summary>
    public abstract Task Migrate(CancellationToken cancellationToken);

    /// <summary>
    /// To call after a commit that deleted text, so that the text is soon removed from the disk too, though not yet when
    /// this returns. PostgreSQL does it by itself when it vacuums and recycles its log.
    /// </summary>
    public virtual void OnTextDeleted()
    {
    }

    /// <summary>Sets where Orleans stores grain state.</summary>
    public abstract void ConfigureGrainStorage(AdoNetGrainStorageOptions options);

    /// <summary>Creates the runner of the writer. It connects when it is first used.</summary>
    public abstract IBatchRunner OpenRunner();

    /// <summary>Runs a query on a read connection, not on the caller's thread.</summary>
    /// <exception cref="StoreUnavailableException">The database did not answer.</exception>
    public async Task<T> Read<T>(Func<DbConnection, Task<T>> query)
    {
        try
        {
            return await ReadOffThread(query);
        }
        catch (Exception e) when (e is DbException or IOException or TimeoutException or ObjectDisposedException)
        {
            // Without the inner exception: callers in other processes cannot deserialize the driver's types.
            Log.ReadFailed(logger, e);
            throw new StoreUnavailableException("The database does not answer.");
        }
    }

    /// <summary>Reads all rows of a query, as <see cref="Read{T}"/> does.</summary>
    public Task<ImmutableArray<T>> ReadAll<T>(string sql, object parameters, Func<DbDataReader, T> convert) => Read(async connection =>
    {
        await using var reader = await connection.ExecuteReaderAsync(sql, parameters);
        var rows = ImmutableArray.CreateBuilder<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(convert(reader));
        }

        return rows.DrainToImmutable();
    });

    public abstract ValueTask DisposeAsync();

    protected abstract Task<T> ReadOffThread<T>(Func<DbConnection, Task<T>> query);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A read from the database failed")]
        public static partial void ReadFailed(ILogger logger, Exception reason);
    }
}

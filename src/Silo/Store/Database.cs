using System.Data.Common;
using GeminiChat.Silo.Store.Writing;
using Orleans.Configuration;

namespace GeminiChat.Silo.Store;

/// <summary>What differs between the databases.</summary>
internal abstract partial class Database(ILogger logger) : IAsyncDisposable
{
    /// <summary>The address for people.</summary>
    public abstract string Display { get; }

    /// <summary>
    /// A table <c>k</c> of the elements of a parameter that is an array: <c>value</c>, and <c>n</c>, which counts from 1.
    /// </summary>
    public abstract string ArrayTable(string parameter);

    /// <summary>
    /// The statements that end a reply and then touch its room if the reply was open. Their parameters are those of
    /// <see cref="RoomWrites.Finish"/>; the rows that the first one changes tell whether it was.
    /// </summary>
    public abstract ImmutableArray<string> FinishReplySql { get; }

    /// <summary>
    /// The same for a reply that its day's usage is to get back: it is counted there no longer, if it was, and if that day
    /// gives back one more of its kind (<see cref="RoomWrites.IsRefundable"/>).
    /// </summary>
    public abstract ImmutableArray<string> FinishReplyAndRefundSql { get; }

    /// <summary>Takes the lock on the whole database, or null when another process has it.</summary>
    /// <param name="shared">Whether others may take it too, if they also ask for a shared one.</param>
    /// <param name="cancellationToken">Ends the wait for the database.</param>
    public abstract Task<IAsyncDisposable?> TryLock(bool shared, CancellationToken cancellationToken);

    /// <summary>Brings the schema up to this version. Safe while others do the same.</summary>
    public abstract Task Migrate(CancellationToken cancellationToken);

    /// <summary>
    /// Text was deleted that shall be gone from the disk as well, and that is committed. Done in a moment, not when this
    /// returns. PostgreSQL does so itself, when it vacuums and recycles its log.
    /// </summary>
    public virtual void OnTextDeleted()
    {
    }

    /// <summary>Where Orleans keeps the state of grains.</summary>
    public abstract void ConfigureGrainStorage(AdoNetGrainStorageOptions options);

    /// <summary>Connections for writing, each for a writer of its own. They connect when first used.</summary>
    public abstract ImmutableArray<IBatchRunner> OpenRunners();

    /// <summary>Runs a query on a connection for reading, off the caller's thread.</summary>
    /// <exception cref="StoreUnavailableException">The database did not answer.</exception>
    public async Task<T> Read<T>(Func<DbConnection, Task<T>> query)
    {
        try
        {
            return await ReadOffThread(query);
        }
        catch (Exception e) when (e is DbException or IOException or TimeoutException or ObjectDisposedException)
        {
            // Without the inner exception: this one travels to callers, who cannot read the driver's types.
            Log.ReadFailed(logger, e);
            throw new StoreUnavailableException("The database does not answer.");
        }
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task<T> ReadOffThread<T>(Func<DbConnection, Task<T>> query);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A read from the database failed")]
        public static partial void ReadFailed(ILogger logger, Exception reason);
    }
}

namespace GeminiChat.Silo.Store;

/// <summary>The limits of all waits of the store.</summary>
internal sealed record StoreTimeouts
{
    /// <summary>
    /// For the lock on the database at start. A process that was ended by kill -9 can leave a connection that holds the lock for
    /// a while.
    /// </summary>
    public TimeSpan Lock { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Between two attempts to take the lock.</summary>
    public TimeSpan LockRetryDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Between two checks of the session that holds the lock.</summary>
    public TimeSpan LockCheckInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For space in a full queue of writes, and then for the start of the batch.</summary>
    public TimeSpan Queue { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a lock in the database file that another connection holds. SQLite only.</summary>
    public TimeSpan Busy { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Before the first retry of a batch. Each further retry waits twice as long.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>To find out whether an unknown commit was stored.</summary>
    public TimeSpan UnknownCommit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For the waiting writes when the process shuts down.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(5);
}

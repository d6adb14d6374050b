namespace GeminiChat.Silo.Store;

/// <summary>How long the store waits for what; every wait has its bound here.</summary>
internal sealed record StoreTimeouts
{
    /// <summary>For the lock on the database at start: it covers a connection that a kill -9 has left behind.</summary>
    public TimeSpan Lock { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Between two tries to take the lock.</summary>
    public TimeSpan LockRetryDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Between two looks at whether the session that holds the lock still lives.</summary>
    public TimeSpan LockCheckInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For a place in a full queue of writes, and then for the start of the batch.</summary>
    public TimeSpan Queue { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a lock inside the database that another connection holds. SQLite only.</summary>
    public TimeSpan Busy { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Before the first repeat of a batch; each further one waits twice as long.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>For the database to tell whether a lost commit went through.</summary>
    public TimeSpan UnknownCommit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For the writes that wait when the process ends.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(5);
}

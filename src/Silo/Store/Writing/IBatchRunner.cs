namespace GeminiChat.Silo.Store.Writing;

/// <summary>A connection for writing. Used by one writer, for one batch after the other.</summary>
internal interface IBatchRunner : IAsyncDisposable
{
    /// <summary>The most operations of a batch.</summary>
    int MaxBatch { get; }

    /// <summary>Whether a batch blocks its thread, which should then be one that nobody else needs.</summary>
    bool IsBlocking { get; }

    /// <summary>Runs the operations in this order in one transaction; durable when it completes.</summary>
    /// <returns>For each operation, how many rows its first statement changed.</returns>
    /// <exception cref="StoreOutcomeUnknownException">The transaction may have been committed.</exception>
    /// <exception cref="Exception">Nothing was stored.</exception>
    ValueTask<int[]> Run(IReadOnlyList<WriteOperation> operations);

    /// <summary>What an exception of <see cref="Run"/> means.</summary>
    BatchFault Classify(Exception exception);
}

/// <summary>Why a batch was not stored.</summary>
internal enum BatchFault
{
    /// <summary>The database cannot store anything now.</summary>
    Outage,

    /// <summary>The batch met another transaction or an ended connection; the same batch can succeed at once.</summary>
    Transient,

    /// <summary>The values of one of the statements can never be stored.</summary>
    InvalidStatement,

    /// <summary>Nobody knows: it may lie in one of the statements, and it may pass.</summary>
    Unknown,
}

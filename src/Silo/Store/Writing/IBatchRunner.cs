namespace GeminiChat.Silo.Store.Writing;

/// <summary>A connection for writing. One writer uses it, for one batch after the other.</summary>
internal interface IBatchRunner : IAsyncDisposable
{
    /// <summary>The maximum number of operations in a batch.</summary>
    int MaxBatch { get; }

    /// <summary>Whether a batch blocks its thread. If so, the writer needs a thread of its own.</summary>
    bool IsBlocking { get; }

    /// <summary>Runs the operations in this order in one transaction. They are durable when it completes.</summary>
    /// <returns>For each operation, how many rows its first statement changed.</returns>
    /// <exception cref="StoreOutcomeUnknownException">The transaction may have been committed.</exception>
    /// <exception cref="Exception">Nothing was stored.</exception>
    ValueTask<int[]> Run(IReadOnlyList<WriteOperation> operations);

    /// <summary>What an exception of <see cref="Run"/> means.</summary>
    BatchFault Classify(Exception exception);

    /// <summary>
    /// What an exception means that the driver throws for a value that it cannot send: a lone surrogate
    /// (<see cref="System.Text.EncoderFallbackException"/>, which is an <see cref="ArgumentException"/>), a number or a time
    /// that is out of range, or a value of the wrong type.
    /// </summary>
    static BatchFault ClassifyValueError(Exception exception) =>
        exception is ArgumentException or FormatException or OverflowException or InvalidCastException
            ? BatchFault.InvalidStatement
            : BatchFault.Unknown;
}

/// <summary>Why a batch was not stored.</summary>
internal enum BatchFault
{
    /// <summary>The database cannot store anything now.</summary>
    Outage,

    /// <summary>The batch conflicted with another transaction, or the connection was lost. A retry can succeed at once.</summary>
    Transient,

    /// <summary>The database can never store the values of one of the statements.</summary>
    InvalidStatement,

    /// <summary>The cause is unknown. It may be one of the statements, or it may be temporary.</summary>
    Unknown,
}

using System.Diagnostics;
using GeminiChat.Grains;

namespace GeminiChat.Silo.Store.Writing;

/// <summary>
/// A write that shares its transaction with others. Its statements are known from the start. No code runs between
/// them: a later one depends on an earlier one only through a condition in its SQL. So a whole batch can be sent at once. The outcome is whether the first statement changed a row.
/// </summary>
/// <param name="table">The table, for the order of the writes.</param>
/// <param name="key">The key of the row that the statements are about, for the order of the writes: a room or a user.</param>
/// <param name="userId">The user that the row belongs to.</param>
/// <param name="statements">At least one.</param>
internal class WriteOperation(WrittenTable table, Guid key, Guid userId, ImmutableArray<Statement> statements)
{
    // Callers are grains. Their code must not run on the writer's thread, where it would delay all other writes.
    private readonly TaskCompletionSource<bool> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WrittenTable Table => table;

    public Guid Key => key;

    public Guid UserId => userId;

    /// <summary>
    /// Whether the transaction takes the user's lock first: for a change of the usage or the tier, and to create or delete a room
    /// or a user.
    /// </summary>
    public bool LocksUser { get; init; }

    public ImmutableArray<Statement> Statements => statements;

    /// <summary>A query of one row of integers that runs after the statements, in the same transaction; null for none.</summary>
    public virtual Statement? Query => null;

    /// <summary>Whether the first statement changed a row. Completes when that is durable.</summary>
    public Task<bool> Outcome => _outcome.Task;

    /// <summary>The trace of the caller.</summary>
    public ActivityContext Origin { get; } = Instruments.CurrentContext;

    /// <summary>When it was queued: a value of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long QueuedAt { get; set; }

    /// <summary>The characters of its texts, roughly its size in memory.</summary>
    public int Size { get; } = statements.Sum(statement => statement.Parameters.Sum(value => (value.Value.Value as string)?.Length ?? 0));

    /// <summary>Reads the row of <see cref="Query"/>. Called again when the transaction is retried.</summary>
    public virtual void Read(long?[] row)
    {
    }

    public void Complete(bool changed) => _outcome.TrySetResult(changed);

    public void Fail(Exception reason) => _outcome.TrySetException(reason);
}

/// <summary>A write that reads its outcome with a query: <c>read</c> converts the query's row to the result.</summary>
internal sealed class WriteOperation<T>(
    WrittenTable table, Guid key, Guid userId, ImmutableArray<Statement> statements, Statement query, Func<long?[], T> read)
    : WriteOperation(table, key, userId, statements)
{
    /// <summary>The result, once <see cref="WriteOperation.Outcome"/> has completed.</summary>
    public T? Result { get; private set; }

    public override Statement Query => query;

    public override void Read(long?[] row) => Result = read(row);
}

/// <summary>The tables in the order in which a transaction locks their rows.</summary>
internal enum WrittenTable
{
    Rooms,
    Users,
    Subscriptions,
    UnverifiedNumbers,
    Shares,
    Files,
    WebhookDeliveries,
    ApiKeys,
}

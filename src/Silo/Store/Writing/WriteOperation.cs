using System.Data.Common;
using System.Diagnostics;
using GeminiChat.Grains;

namespace GeminiChat.Silo.Store.Writing;

/// <summary>
/// A write that shares its transaction with others. Its statements are fixed and need no decision between them, so a whole
/// batch can be sent at once. The outcome is whether the first statement changed a row.
/// </summary>
/// <param name="table">What is written.</param>
/// <param name="key">The key of the row that all statements hang on: a room or a user.</param>
/// <param name="userId">The user that the row belongs to.</param>
/// <param name="statements">At least one.</param>
internal class WriteOperation(WrittenTable table, Guid key, Guid userId, ImmutableArray<Statement> statements)
{
    // Callers are grains: their code must not run on the writer, which would hold up everybody else.
    private readonly TaskCompletionSource<bool> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WrittenTable Table => table;

    public Guid Key => key;

    public Guid UserId => userId;

    /// <summary>
    /// Whether the transaction takes the user's lock first: who changes the usage, or makes or deletes a room or a user.
    /// </summary>
    public bool LocksUser { get; init; }

    public ImmutableArray<Statement> Statements => statements;

    /// <summary>A query with one row that runs after the statements, in the same transaction; null for none.</summary>
    public virtual Statement? Query => null;

    /// <summary>Whether the first statement changed a row. Completes when that is durable.</summary>
    public Task<bool> Outcome => _outcome.Task;

    /// <summary>The trace of what asked for it.</summary>
    public ActivityContext Origin { get; } = Instruments.CurrentContext;

    /// <summary>When it came into the queue, as <see cref="TimeProvider.GetTimestamp"/> counts.</summary>
    public long QueuedAt { get; set; }

    /// <summary>Characters of text, roughly: what the write costs in memory.</summary>
    public int Size { get; } = SizeOf(statements);

    /// <summary>Takes the row of <see cref="Query"/>. Called again when the transaction is repeated.</summary>
    public virtual void Read(DbDataReader row)
    {
    }

    public void Complete(bool changed) => _outcome.TrySetResult(changed);

    public void Fail(Exception reason) => _outcome.TrySetException(reason);

    private static int SizeOf(ImmutableArray<Statement> statements)
    {
        var size = 0;
        foreach (var statement in statements)
        {
            foreach (var (_, value) in statement.Parameters)
            {
                size += (value.Value as string)?.Length ?? 0;
            }
        }

        return size;
    }
}

/// <summary>A write that reads back what became of it: <c>read</c> makes the result of the row of <c>query</c>.</summary>
internal sealed class WriteOperation<T>(
    WrittenTable table, Guid key, Guid userId, ImmutableArray<Statement> statements, Statement query, Func<DbDataReader, T> read)
    : WriteOperation(table, key, userId, statements)
{
    /// <summary>What was read, once <see cref="WriteOperation.Outcome"/> has completed.</summary>
    public T? Result { get; private set; }

    public override Statement Query => query;

    public override void Read(DbDataReader row) => Result = read(row);
}

/// <summary>The tables in the order in which a transaction locks their rows.</summary>
internal enum WrittenTable
{
    Rooms,
    Users,
    Subscriptions,
    UnverifiedNumbers,
}

namespace GeminiChat.Silo.Store.Writing;

/// <summary>All writers of this process. A user's writes always go to the same writer, in their order.</summary>
internal sealed class StoreWriter(Database database, StoreTimeouts timeouts, TimeProvider time, ILogger<StoreWriter> logger)
    : IAsyncDisposable
{
    private readonly ImmutableArray<GroupCommit> _writers =
        [.. database.OpenRunners().Select(runner => new GroupCommit(runner, timeouts, time, logger))];

    /// <summary>Writes an operation. When it is durable, the result is whether its first statement changed a row.</summary>
    public Task<bool> Write(WriteOperation operation)
    {
        var lane = (ulong)WriteOrder.LockKey(operation.UserId) % (ulong)_writers.Length;
        return _writers[(int)lane].Write(operation);
    }

    /// <summary>Writes an operation. When it is durable, the result is what its query has read.</summary>
    public async Task<T> Write<T>(WriteOperation<T> operation)
    {
        await Write((WriteOperation)operation);
        return operation.Result!;
    }

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_writers.Select(lane => lane.DisposeAsync().AsTask()));
}

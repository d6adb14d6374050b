namespace GeminiChat.Silo.Store.Writing;

/// <summary>All writers of this process. One user's writes always go through the same one, in their order.</summary>
internal sealed class StoreWriter(Database database, StoreTimeouts timings, TimeProvider time, ILogger<StoreWriter> logger)
    : IAsyncDisposable
{
    private readonly ImmutableArray<GroupCommit> _writers =
        [.. database.OpenRunners().Select(runner => new GroupCommit(runner, timings, time, logger))];

    /// <summary>Writes an operation; completes when it is durable, with whether its first statement changed a row.</summary>
    public Task<bool> Write(WriteOperation operation)
    {
        var lane = (ulong)WriteOrder.LockKey(operation.UserId) % (ulong)_writers.Length;
        return _writers[(int)lane].Write(operation);
    }

    /// <summary>Writes an operation; completes when it is durable, with what it has read back.</summary>
    public async Task<T> Write<T>(WriteOperation<T> operation)
    {
        await Write((WriteOperation)operation);
        return operation.Result!;
    }

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_writers.Select(lane => lane.DisposeAsync().AsTask()));
}

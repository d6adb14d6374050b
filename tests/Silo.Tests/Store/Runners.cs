using System.Collections.Concurrent;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Store.Sqlite;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Tests.Store;

/// <summary>Holds batches back until it is opened, so that what is queued meanwhile shares one.</summary>
internal sealed class BlockingBatchRunner(IBatchRunner inner) : IBatchRunner
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The sizes of the batches that were run.</summary>
    public ConcurrentQueue<int> Batches { get; } = [];

    /// <summary>Runs when a batch has failed, before that is told.</summary>
    public Func<Task> OnFailure { get; init; } = () => Task.CompletedTask;

    /// <summary>Completes when the first batch is held.</summary>
    public Task Reached => _reached.Task.WaitAsync(Deadline.Timeout);

    public int MaxBatch => inner.MaxBatch;

    public bool IsBlocking => inner.IsBlocking;

    public void Open() => _open.TrySetResult();

    public async ValueTask<int[]> Run(IReadOnlyList<WriteOperation> operations)
    {
        _reached.TrySetResult();
        await _open.Task;
        Batches.Enqueue(operations.Count);
        try
        {
            return await inner.Run(operations);
        }
        catch
        {
            await OnFailure();
            throw;
        }
    }

    public BatchFault Classify(Exception exception) => inner.Classify(exception);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

/// <summary>A database where everything succeeds.</summary>
internal sealed class SucceedingBatchRunner : IBatchRunner
{
    /// <summary>The thread of the last batch.</summary>
    public Thread? RunThread { get; private set; }

    public int MaxBatch => 100;

    public bool IsBlocking => true;

    public ValueTask<int[]> Run(IReadOnlyList<WriteOperation> operations)
    {
        RunThread = Thread.CurrentThread;
        return ValueTask.FromResult(operations.Select(_ => 1).ToArray());
    }

    public BatchFault Classify(Exception exception) => BatchFault.Outage;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Fails each batch, and judges as SQLite's does.</summary>
internal sealed class FailingBatchRunner(Exception exception) : IBatchRunner
{
    private readonly SqliteBatchRunner _classifier = new("Data Source=:memory:", new StoreTimeouts());

    public int MaxBatch => 100;

    public bool IsBlocking => false;

    public ValueTask<int[]> Run(IReadOnlyList<WriteOperation> operations) => ValueTask.FromException<int[]>(exception);

    public BatchFault Classify(Exception exception) => _classifier.Classify(exception);

    public ValueTask DisposeAsync() => _classifier.DisposeAsync();
}

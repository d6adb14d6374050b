using System.Threading.Channels;

namespace GeminiChat.Silo.Store.Writing;

/// <summary>
/// Writes all rows of this process except Orleans' grain state. It takes all waiting operations, up to a limit, and commits them
/// together. The operations that arrive during a commit share the disk flush of the next one.
/// </summary>
internal sealed partial class GroupCommit : IAsyncDisposable
{
    private const int MaxQueue = 10_000;
    private const int MaxBatchCharacters = 4_000_000;
    private const int MaxAttempts = 5;

    private readonly Channel<WriteOperation> _queue = Channel.CreateBounded<WriteOperation>(MaxQueue);
    private readonly List<WriteOperation> _batch = [];
    private readonly IBatchRunner _runner;
    private readonly StoreTimeouts _timeouts;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _loop;
    private volatile bool _abandoned;

    public GroupCommit(IBatchRunner runner, StoreTimeouts timeouts, TimeProvider time, ILogger logger)
    {
        (_runner, _timeouts, _time, _logger) = (runner, timeouts, time, logger);
        _loop = runner.IsBlocking
            ? Task.Factory.StartNew(
                LoopOnOwnThread, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            : Task.Run(Loop);
    }

    /// <summary>Writes an operation. When it is durable, the result is what its query has read.</summary>
    public async Task<T> Write<T>(WriteOperation<T> operation)
    {
        await Write((WriteOperation)operation);
        return operation.Result!;
    }

    /// <summary>Writes an operation. When it is durable, the result is whether its first statement changed a row.</summary>
    public async Task<bool> Write(WriteOperation operation)
    {
        operation.QueuedAt = _time.GetTimestamp();
        if (!_queue.Writer.TryWrite(operation))
        {
            await WaitForQueueSpace(operation);
        }

        return await operation.Outcome;
    }

    /// <summary>Commits the waiting operations for a limited time, and fails the rest.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        try
        {
            await _loop.WaitAsync(_timeouts.Drain, _time);
        }
        catch (TimeoutException)
        {
            // The batch that is being committed still gets its own outcome, if there is one.
            _abandoned = true;
            FailQueued();
            Log.Abandoned(_logger);
            return;
        }

        await _runner.DisposeAsync();
    }

    private async Task WaitForQueueSpace(WriteOperation operation)
    {
        using var limit = new CancellationTokenSource(_timeouts.Queue, _time);
        try
        {
            await _queue.Writer.WriteAsync(operation, limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            throw new StoreUnavailableException("The database takes no more writes now.");
        }
    }

    private async Task Loop()
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            await CommitQueued();
        }
    }

    // A flush to disk blocks the thread. On a thread of the pool it would block grains too.
    private void LoopOnOwnThread()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            CommitQueued().GetAwaiter().GetResult();
        }
    }

    private async Task CommitQueued()
    {
        _batch.Clear();
        var size = 0;
        while (_batch.Count < _runner.MaxBatch && size < MaxBatchCharacters && _queue.Reader.TryRead(out var operation))
        {
            if (_abandoned || _time.GetElapsedTime(operation.QueuedAt) > _timeouts.Queue)
            {
                operation.Fail(new StoreUnavailableException("The database did not take the write in time."));
                continue;
            }

            size += operation.Size;
            _batch.Add(operation);
        }

        if (_batch.Count > 0)
        {
            await Commit(WriteOrder.Sort(_batch));
        }
    }

    private async Task Commit(IReadOnlyList<WriteOperation> batch)
    {
        try
        {
            var changed = await Run(batch);
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Complete(changed[i] > 0);
            }
        }
        catch (StoreOutcomeUnknownException e)
        {
            Log.Unknown(_logger, batch.Count);
            FailAll(batch, () => new StoreOutcomeUnknownException(e.Message));
        }
        catch (Exception e) when (batch.Count > 1 && _runner.Classify(e) is BatchFault.InvalidStatement or BatchFault.Unknown)
        {
            Log.SplittingBatch(_logger, batch.Count, e);
            foreach (var operation in batch)
            {
                await Commit([operation]);
            }
        }
        catch (Exception e)
        {
            // Without the inner exception: callers in other processes cannot deserialize the driver's types.
            Log.Failed(_logger, batch.Count, e);
            var isRefused = _runner.Classify(e) == BatchFault.InvalidStatement;
            FailAll(batch, () => isRefused
                ? new StoreRejectedException("The database refuses the write.")
                : new StoreUnavailableException("The database did not store the write."));
        }
    }

    private async Task<int[]> Run(IReadOnlyList<WriteOperation> batch)
    {
        using var commit = StoreMetrics.Begin(batch, _time);
        var changed = await RunWithRetries(batch);
        commit.MarkStored();
        return changed;
    }

    private async Task<int[]> RunWithRetries(IReadOnlyList<WriteOperation> batch)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await _runner.Run(batch);
            }
            catch (Exception e) when (tries < MaxAttempts && _runner.Classify(e) == BatchFault.Transient)
            {
                Log.Repeating(_logger, batch.Count, tries, e);
                await Task.Delay(_timeouts.FirstRetryDelay * (1 << (tries - 1)), _time);
            }
        }
    }

    private void FailQueued()
    {
        while (_queue.Reader.TryRead(out var operation))
        {
            operation.Fail(new StoreUnavailableException("This process is shutting down."));
        }
    }

    private static void FailAll(IReadOnlyList<WriteOperation> batch, Func<Exception> reason)
    {
        foreach (var operation in batch)
        {
            operation.Fail(reason());
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A batch of {Count} writes conflicted with another transaction or lost its connection; attempt {Tries} is repeated")]
        public static partial void Repeating(ILogger logger, int count, int tries, Exception reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "A batch of {Count} writes failed; its writes are run one by one")]
        public static partial void SplittingBatch(ILogger logger, int count, Exception reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Count} writes were not stored")]
        public static partial void Failed(ILogger logger, int count, Exception reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "It is not known whether {Count} writes were stored: the database went away during the commit")]
        public static partial void Unknown(ILogger logger, int count);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The database did not take the last writes in time; they are abandoned, and a running batch may still be stored")]
        public static partial void Abandoned(ILogger logger);
    }
}

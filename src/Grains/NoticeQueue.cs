using System.Threading.Channels;
using Orleans.Configuration;
using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace GeminiChat.Grains;

/// <summary>
/// The stream of a user's notices, keyed by the user id. The user's grain is subscribed implicitly. Delivery is in
/// memory, at least once, and may fail. Nothing that must be correct depends on it.
/// </summary>
internal static class UserNoticeStream
{
    public const string Provider = "notices";
    public const string Namespace = "geminichat.notices";

    public static IAsyncStream<Notice> GetNoticeStream(this IStreamProvider provider, Guid userId) =>
        provider.GetStream<Notice>(StreamId.Create(Namespace, userId));
}

/// <summary>
/// The queue behind <see cref="UserNoticeStream"/>. Each silo has one in memory. Rooms write to the queue of their own
/// silo, and the pulling agent of that silo delivers to the user's grain. A read waits until there is a notice, so an
/// idle silo does not poll. Thread-safe.
/// </summary>
internal sealed class NoticeQueue(string provider, ILoggerFactory loggers)
    : IQueueAdapterFactory, IQueueAdapter, IQueueAdapterReceiver, IConsistentRingStreamQueueMapper
{
    private const int Capacity = 16_384;

    // The agent removes idle streams between two reads, so a read must return from time to time.
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    private readonly QueueId _id = QueueId.GetQueueId(provider, 0, 0);
    private readonly Channel<IBatchContainer> _batches = Channel.CreateBounded<IBatchContainer>(Capacity);
    private readonly Lock _writing = new();
    private long _written;

    public string Name => provider;

    public bool IsRewindable => false;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    public Task QueueMessageBatchAsync<T>(
        StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext)
    {
        ImmutableArray<Notice> notices = [.. events.Cast<Notice>()];
        lock (_writing)
        {
            return _batches.Writer.TryWrite(new NoticeBatch(streamId, notices, new EventSequenceTokenV2(++_written)))
                ? Task.CompletedTask
                : throw new InvalidOperationException("The queue of notices is full.");
        }
    }

    public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(MaxWait);
        try
        {
            await _batches.Reader.WaitToReadAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            return [];
        }

        var batches = new List<IBatchContainer>();
        while ((maxCount < 0 || batches.Count < maxCount) && _batches.Reader.TryRead(out var batch))
        {
            batches.Add(batch);
        }

        return batches;
    }

    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount) =>
        GetQueueMessagesAsync(maxCount, CancellationToken.None);

    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(this);

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => this;

    public IQueueAdapterCache GetQueueAdapterCache() => new SimpleQueueAdapterCache(new SimpleQueueCacheOptions(), provider, loggers);

    public IStreamQueueMapper GetStreamQueueMapper() => this;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) =>
        Task.FromResult<IStreamFailureHandler>(new NoOpStreamDeliveryFailureHandler());

    public QueueId GetQueueForStream(StreamId streamId) => _id;

    public IEnumerable<QueueId> GetAllQueues() => [_id];

    /// <summary>Each silo reads its own queue, whatever its range is.</summary>
    public IEnumerable<QueueId> GetQueuesForRange(IRingRange range) => [_id];

    public Task Initialize(TimeSpan timeout) => Task.CompletedTask;

    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    public Task Shutdown(TimeSpan timeout) => Task.CompletedTask;
}

/// <summary>Notices for one user that a room sent together.</summary>
/// <param name="StreamId">The user's stream.</param>
/// <param name="Notices">The notices in order.</param>
/// <param name="Token">The position of the notices in the queue of the silo that sent them.</param>
[GenerateSerializer, Immutable, Alias("geminichat.NoticeBatch")]
internal sealed record NoticeBatch(
    [property: Id(0)] StreamId StreamId,
    [property: Id(1)] ImmutableArray<Notice> Notices,
    [property: Id(2)] EventSequenceTokenV2 Token) : IBatchContainer
{
    public StreamSequenceToken SequenceToken => Token;

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>() =>
        Notices.OfType<T>().Select((notice, index) => Tuple.Create(notice, (StreamSequenceToken)Token.CreateSequenceTokenForEvent(index)));

    public bool ImportRequestContext() => false;
}

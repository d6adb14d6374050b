using GeminiChat.Grains;
using Orleans.Configuration;
using Orleans.Streams;

namespace GeminiChat.Silo.Hosting;

/// <summary>The streams that notices travel on: in memory, on the silos only.</summary>
internal static class NoticeStreams
{
    // A queue has room for thousands of notices a second.
    private const int Queues = 2;

    // Whether there is anything or not, so this decides what a silo costs at rest: every 10 ms is about 5 % of a core. A notice
    // may take 250 ms.
    private static readonly TimeSpan ReadEvery = TimeSpan.FromMilliseconds(100);

    // A grain that cannot be reached holds up all of its queue until then.
    private static readonly TimeSpan DeliverWithin = TimeSpan.FromSeconds(5);

    // The defaults keep what nobody reads any more for half an hour.
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ForgetIdleAfter = TimeSpan.FromMinutes(2);

    public static ISiloBuilder UseNotices(this ISiloBuilder silo) => silo.AddMemoryStreams(NoticeStream.Provider, stream =>
    {
        stream.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
        stream.ConfigurePartitioning(Queues);
        stream.ConfigurePullingAgent(agent => agent.Configure(options =>
        {
            options.GetQueueMsgsTimerPeriod = ReadEvery;
            options.MaxEventDeliveryTime = DeliverWithin;
            options.StreamInactivityPeriod = ForgetIdleAfter;
        }));
        stream.Configure<StreamCacheEvictionOptions>(cache => cache.Configure(options =>
            (options.DataMinTimeInCache, options.DataMaxAgeInCache, options.MetadataMinTimeInCache) = (Keep, Keep, Keep)));
    });
}

using GeminiChat.Grains;
using Orleans.Streams;

namespace GeminiChat.Silo.Hosting;

/// <summary>Adds the stream provider of notices: in memory, on the silos only.</summary>
internal static class NoticeStreamHosting
{
    // How soon the agent reads again after it has paused for a new stream: a notice may take 250 ms. Its timer goes on while
    // it waits in the queue, so ten times as often would be seen at rest.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // A grain that cannot be reached holds up new streams of its silo until then.
    private static readonly TimeSpan DeliveryTimeout = TimeSpan.FromSeconds(5);

    // The default keeps what nobody reads any more for half an hour.
    private static readonly TimeSpan InactivityPeriod = TimeSpan.FromMinutes(2);

    public static ISiloBuilder UseNotices(this ISiloBuilder silo) => silo.AddPersistentStreams(
        UserNoticeStream.Provider,
        static (services, name) => new NoticeQueue(name, services.GetRequiredService<ILoggerFactory>()),
        static stream =>
        {
            stream.UseConsistentRingQueueBalancer();
            stream.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
            stream.ConfigurePullingAgent(agent => agent.Configure(options =>
            {
                options.GetQueueMsgsTimerPeriod = Pause;
                options.MaxEventDeliveryTime = DeliveryTimeout;
                options.StreamInactivityPeriod = InactivityPeriod;
            }));
        });
}

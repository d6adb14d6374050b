using GeminiChat.Grains;
using Orleans.Streams;

namespace GeminiChat.Silo.Hosting;

/// <summary>Adds the stream provider of notices. It is in memory, and on silos only.</summary>
internal static class NoticeStreamHosting
{
    // How soon the pulling agent reads again after a pause for a new stream: a notice may take 250 ms. The agent's timer also
    // runs while it waits for the queue, so an interval ten times shorter would cost CPU time at rest.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // A grain that cannot be reached delays new streams of its silo at most this long.
    private static readonly TimeSpan DeliveryTimeout = TimeSpan.FromSeconds(5);

    // The default keeps unused streams for half an hour.
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

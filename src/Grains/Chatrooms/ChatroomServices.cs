using GeminiChat.Grains.Model;
using GeminiChat.Grains.Users;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>The services that all rooms of a silo share.</summary>
internal sealed class ChatroomServices(
    IRoomStore rooms,
    ModelClient modelClient,
    SiloShutdown shutdown,
    OtherSilos otherSilos,
    [FromKeyedServices(UserNoticeStream.Provider)] IStreamProvider notices,
    IOptions<ChatroomOptions> options,
    IOptions<DailyQuotaOptions> quota,
    TimeProvider time,
    ILogger<ChatroomGrain> logger)
{
    public IRoomStore Rooms => rooms;

    public ModelClient ModelClient => modelClient;

    public SiloShutdown Shutdown => shutdown;

    public OtherSilos OtherSilos => otherSilos;

    /// <summary>The provider of the streams of <see cref="UserNoticeStream"/>.</summary>
    public IStreamProvider Notices => notices;

    public ChatroomOptions Options => options.Value;

    public DailyQuotaOptions Quota => quota.Value;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    public DateTimeOffset Now() => time.GetUtcNowToMillisecond();
}

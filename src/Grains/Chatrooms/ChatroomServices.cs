using GeminiChat.Grains.Model;
using GeminiChat.Grains.Users;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>What all rooms of a silo share.</summary>
internal sealed class ChatroomServices(
    IRoomStore rooms,
    ModelCaller models,
    TurnDrain drain,
    OtherSilos others,
    [FromKeyedServices(NoticeStream.Provider)] IStreamProvider notices,
    IOptions<ChatroomOptions> options,
    IOptions<QuotaOptions> quota,
    TimeProvider time,
    ILogger<ChatroomGrain> logger)
{
    public IRoomStore Rooms => rooms;

    public ModelCaller Models => models;

    public TurnDrain Drain => drain;

    public OtherSilos Others => others;

    /// <summary>Where the streams of <see cref="NoticeStream"/> come from.</summary>
    public IStreamProvider Notices => notices;

    public ChatroomOptions Options => options.Value;

    public QuotaOptions Quota => quota.Value;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    public DateTimeOffset Now() => time.GetUtcNowToMillisecond();
}

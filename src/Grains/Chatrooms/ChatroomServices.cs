using GeminiChat.Grains.Model;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>What all rooms of a silo share.</summary>
internal sealed class ChatroomServices(
    IRoomStore rooms,
    ModelCaller models,
    TurnDrain drain,
    IOptions<ChatroomOptions> options,
    TimeProvider time,
    ILogger<ChatroomGrain> logger)
{
    public IRoomStore Rooms => rooms;

    public ModelCaller Models => models;

    public TurnDrain Drain => drain;

    public ChatroomOptions Options => options.Value;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    public DateTimeOffset Now() => time.GetUtcNowToMillisecond();
}

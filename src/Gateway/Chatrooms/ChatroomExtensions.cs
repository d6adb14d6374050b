using GeminiChat.Gateway.Rendering;
using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Rooms and their messages.</summary>
internal static class ChatroomExtensions
{
    public static void AddChatrooms(this IServiceCollection services)
    {
        services.AddSingleton<ReplyRenderer>(static provider => new(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<GatewayShutdown>();
        services.AddSingleton<StreamPump>();
        services.AddSingleton<ReplyStreamLimiter>();
    }
}

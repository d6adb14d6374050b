using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Model;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GeminiChat.Grains;

/// <summary>What the grains need, but for their ports.</summary>
public static class GrainServices
{
    /// <summary>
    /// Adds what grains are made with. The silo binds their options to the settings, and adds the ports:
    /// <see cref="IRoomStore"/>, <see cref="IUserStore"/>, <see cref="IUnverifiedNumbers"/>, <see cref="ISubscriptionStore"/>, <see cref="IPayments"/> and <see cref="Microsoft.Extensions.AI.IChatClient"/>.
    /// </summary>
    public static IServiceCollection AddGrainServices(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<TurnDrain>();
        services.AddSingleton<OtherSilos>();
        services.AddSingleton<ModelGate>();
        services.AddSingleton<ModelCaller>();
        services.AddSingleton<ChatroomServices>();
        services.AddSingleton<OneTimeCodes>();
        services.AddSingleton<ReadPace>();
        services.AddSingleton<SubscriptionServices>();
        services.AddSingleton<EventIntake>();
        return services;
    }
}

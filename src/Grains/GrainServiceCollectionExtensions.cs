using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Model;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GeminiChat.Grains;

/// <summary>Registers the services of the grains, without the ports.</summary>
public static class GrainServiceCollectionExtensions
{
    /// <summary>
    /// Adds the services that grains use. The silo binds their options to the settings, and adds the ports:
    /// <see cref="IRoomStore"/>, <see cref="IShareStore"/>, <see cref="IUserStore"/>, <see cref="IApiKeyStore"/>, <see cref="IUnverifiedNumberStore"/>,
    /// <see cref="ISubscriptionStore"/>, <see cref="IPaymentProvider"/> and
    /// <see cref="Microsoft.Extensions.AI.IChatClient"/>.
    /// </summary>
    public static IServiceCollection AddGrainServices(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SiloShutdown>();
        services.AddSingleton<LiveReplies>();
        services.AddSingleton<ILiveReplies>(provider => provider.GetRequiredService<LiveReplies>());
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<ModelCircuitBreaker>();
        services.AddSingleton<ModelClient>();
        services.AddSingleton<ChatroomServices>();
        services.AddSingleton<OneTimeCodes>();
        services.AddSingleton<ReadRateLimiter>();
        services.AddSingleton<SubscriptionServices>();
        services.AddSingleton<PaymentEventInbox>();
        return services;
    }
}

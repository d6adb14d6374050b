using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Model;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Users;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GeminiChat.Grains;

/// <summary>What the grains need, but for their ports.</summary>
public static class GrainServices
{
    /// <summary>
    /// Adds what grains are made with. The silo adds the ports: <see cref="IRoomStore"/>, <see cref="IUserStore"/>, <see cref="IUnverifiedNumbers"/>,
    /// <see cref="ISubscriptionStore"/>, <see cref="IPayments"/> and <see cref="Microsoft.Extensions.AI.IChatClient"/>.
    /// </summary>
    public static IServiceCollection AddGrainServices(this IServiceCollection services)
    {
        services.AddOptions<ChatroomOptions>()
            .Configure<IConfiguration>((options, settings) =>
            {
                options.ContextTokens = Number(settings, "GEMINI_CONTEXT_TOKENS") ?? options.ContextTokens;
                options.ProModel = Text(settings, "GEMINI_PRO_MODEL") ?? options.ProModel;
            })
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<ModelOptions>()
            .Configure<IConfiguration>((options, settings) =>
                options.MaxConcurrent = Number(settings, "GEMINI_MAX_CONCURRENT") ?? options.MaxConcurrent)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<QuotaOptions>()
            .Configure<IConfiguration>((options, settings) =>
            {
                options.BasicDailyMessages = Number(settings, "BASIC_DAILY_MESSAGES") ?? options.BasicDailyMessages;
                options.ProDailyMessages = Number(settings, "PRO_DAILY_MESSAGES") ?? options.ProDailyMessages;
            })
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<SubscriptionOptions>()
            .Configure<IConfiguration>((options, settings) =>
                options.GraceDays = Number(settings, "SUBSCRIPTION_GRACE_DAYS") ?? options.GraceDays)
            .Validate(options => options.GraceDays is >= 0 and <= 30, "SUBSCRIPTION_GRACE_DAYS must be a whole number from 0 to 30.")
            .ValidateOnStart();
        services.AddOptions<OneTimeCodeOptions>()
            .Configure<IConfiguration>((options, settings) => options.SecretKey = settings["SECRET_KEY"] ?? "");

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

    /// <summary>A setting that is there but blank, as in a copied <c>.env</c> file, counts as not set.</summary>
    private static int? Number(IConfiguration settings, string name) =>
        Text(settings, name) is null ? null : settings.GetValue<int>(name);

    private static string? Text(IConfiguration settings, string name) =>
        string.IsNullOrWhiteSpace(settings[name]) ? null : settings[name]!.Trim();
}

using GeminiChat.Gateway.AiSdk;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Files;
using GeminiChat.Gateway.Health;
using GeminiChat.Gateway.Models;
using GeminiChat.Gateway.Notices;
using GeminiChat.Gateway.Payments;
using GeminiChat.Gateway.Search;
using GeminiChat.Gateway.Settings;
using GeminiChat.Gateway.Shares;
using GeminiChat.Gateway.Users;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Startup;

namespace GeminiChat.Gateway;

/// <summary>The gateway without its grains.</summary>
internal static class GatewayApp
{
    /// <summary>Builds the application.</summary>
    /// <param name="args">The command line. It takes precedence over the environment and the <c>.env</c> file.</param>
    /// <param name="addGrains">Registers the <see cref="IGrainFactory"/>: of a cluster client or a silo.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder> addGrains)
    {
        // wwwroot and appsettings.json are beside the program, so the working folder does not matter.
        var builder = HostRunner.CreateBuilder(args, contentRoot: AppContext.BaseDirectory);
        builder.AddSettings();
        builder.AddWeb();
        builder.Services.AddHealthChecks();
        builder.Services.AddApiDocument();
        builder.Services.AddAuth();
        builder.Services.AddUsers();
        builder.Services.AddChatrooms();
        builder.Services.AddFiles(ClusterSettings.Read(builder.Configuration).IsClustered);
        builder.Services.AddShares();
        builder.Services.AddAiSdk();
        builder.Services.AddNotices();
        builder.Services.AddPayments();
        addGrains(builder);
        builder.Services.AddHostedService<OtpQueueDrainer>();

        var app = builder.Build();
        app.ValidateSettings();
        app.UseWeb();
        app.UseWebPage();
        var routes = app.WithHead();
        routes.MapHealth();
        routes.MapApiDocument();
        routes.MapAuth();
        routes.MapUsers();
        routes.MapModels();
        routes.MapChatrooms();
        routes.MapMessages();
        routes.MapFeedback();
        routes.MapFiles();
        routes.MapShares();
        routes.MapSearch();
        routes.MapAiSdk();
        routes.MapNotices();
        routes.MapPayments();
        return app;
    }
}

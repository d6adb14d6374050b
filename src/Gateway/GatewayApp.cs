using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Events;
using GeminiChat.Gateway.Payments;
using GeminiChat.Gateway.Settings;
using GeminiChat.Gateway.Users;

namespace GeminiChat.Gateway;

/// <summary>The whole gateway, but for the grains behind it.</summary>
internal static class GatewayApp
{
    /// <summary>Builds the application.</summary>
    /// <param name="args">The command line; it wins over environment and <c>.env</c> file.</param>
    /// <param name="addGrains">Registers the <see cref="IGrainFactory"/>, and what it stands for.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder> addGrains)
    {
        // The program's own folder holds wwwroot and appsettings.json, whatever the working folder is.
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.AddSettings();
        builder.AddWeb();
        builder.Services.AddHealthChecks();
        builder.Services.AddApiDocument();
        builder.Services.AddAuth();
        builder.Services.AddChatrooms();
        builder.Services.AddEvents();
        builder.Services.AddPaymentEndpoints();
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
        routes.MapChatrooms();
        routes.MapMessages();
        routes.MapEvents();
        routes.MapPayments();
        return app;
    }
}

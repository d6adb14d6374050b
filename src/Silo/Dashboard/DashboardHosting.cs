using GeminiChat.ServiceDefaults.Settings;
using Orleans.Dashboard;

namespace GeminiChat.Silo.Dashboard;

/// <summary>
/// Orleans' dashboard for operators, on the web server of a silo. A gateway never has it, because gateways are public.
/// </summary>
internal static class DashboardHosting
{
    private const string Path = "/dashboard";

    /// <summary>Adds the dashboard if a password is set.</summary>
    /// <exception cref="SettingException">The password is too short.</exception>
    public static ISiloBuilder UseDashboard(this ISiloBuilder silo)
    {
        if (DashboardPassword.Read(silo.Configuration) is { } password)
        {
            silo.Services.AddSingleton(password);
            silo.Services.AddSingleton<DashboardAuthFilter>();

            // The dashboard does not show the log.
            silo.AddDashboard(options => options.HideTrace = true);
        }

        return silo;
    }

    /// <summary>Maps the dashboard if it was added.</summary>
    public static void MapDashboard(this WebApplication app)
    {
        if (app.Services.GetService<DashboardAuthFilter>() is { } filter)
        {
            app.MapOrleansDashboard(Path).AddEndpointFilter(filter);
        }
    }
}

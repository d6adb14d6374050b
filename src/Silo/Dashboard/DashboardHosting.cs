using GeminiChat.ServiceDefaults.Settings;
using Orleans.Dashboard;

namespace GeminiChat.Silo.Dashboard;

/// <summary>Orleans' dashboard, for operators, on the web server of a silo: never on a gateway's, which the world sees.</summary>
internal static class DashboardHosting
{
    private const string Path = "/dashboard";

    /// <summary>Adds the dashboard, if there is a password to protect it.</summary>
    /// <exception cref="SettingException">The password is too short.</exception>
    public static ISiloBuilder UseDashboard(this ISiloBuilder silo)
    {
        if (DashboardPassword.Read(silo.Configuration) is { } password)
        {
            silo.Services.AddSingleton(password);
            silo.Services.AddSingleton<DashboardAuthFilter>();

            // The log is the log's business.
            silo.AddDashboard(options => options.HideTrace = true);
        }

        return silo;
    }

    /// <summary>Serves it, if it was added.</summary>
    public static void MapDashboard(this WebApplication app)
    {
        if (app.Services.GetService<DashboardAuthFilter>() is { } gate)
        {
            app.MapOrleansDashboard(Path).AddEndpointFilter(gate);
        }
    }
}

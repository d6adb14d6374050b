using GeminiChat.Silo.Dashboard;
using GeminiChat.Silo.Hosting;
using GeminiChat.Silo.Moving;
using GeminiChat.Silo.Settings;
using GeminiChat.Silo.Telemetry;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

if (args is ["migrate", .. var move])
{
    return await MoveCommand.Run(move);
}

return await Startup.Run(() =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.Configuration.AddDotEnv();
    var cluster = ClusterSettings.Read(builder.Configuration);
    if (!cluster.IsClustered)
    {
        throw new SettingException("CLUSTERING must be 'redis' for a silo of its own; a single process is the gateway alone.");
    }

    if (SecretKey.Flaw(builder.Configuration[SecretKey.Setting]) is { } flaw)
    {
        throw new SettingException(flaw);
    }

    builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
    builder.Logging.AddFilter("Orleans", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
    builder.AddSilo(cluster);
    builder.AddTelemetry("silo");
    var app = builder.Build();
    app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
    app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(SiloHosting.ReadyTag) });
    app.MapDashboard();
    return app;
});

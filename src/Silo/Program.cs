using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Startup;
using GeminiChat.ServiceDefaults.Telemetry;
using GeminiChat.Silo.Dashboard;
using GeminiChat.Silo.Hosting;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

return await HostRunner.RunAsync(Build, SiloHosting.PrepareStore);

WebApplication Build()
{
    if (args is ["migrate", ..])
    {
        throw new StartupException("migrate is a program of its own: dotnet GeminiChat.Migrator.dll migrate --help");
    }

    var builder = HostRunner.CreateBuilder(args);
    var cluster = ClusterSettings.Read(builder.Configuration);
    if (!cluster.IsClustered)
    {
        throw new SettingException("CLUSTERING must be 'redis' for a silo of its own; a single process is the gateway alone.");
    }

    if (SecretKey.Validate(builder.Configuration[SecretKey.Setting]) is { } wrong)
    {
        throw new SettingException(wrong);
    }

    builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
    builder.Logging.AddFilter("Orleans", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
    builder.AddSilo(cluster);
    builder.AddTelemetry("silo");
    var app = builder.Build();
    app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
    app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(HealthTags.Ready) });
    app.MapDashboard();
    return app;
}

using GeminiChat.Gateway;
using GeminiChat.Silo.Hosting;
using GeminiChat.Silo.Settings;
using GeminiChat.Silo.Telemetry;

return await Startup.Run(() => GatewayApp.Build(args, builder =>
{
    var cluster = ClusterSettings.Read(builder.Configuration);
    if (cluster.IsClustered)
    {
        builder.AddClusterClient(cluster);
    }
    else
    {
        builder.AddSilo(cluster);
    }

    builder.AddTelemetry("gateway");
}));

using GeminiChat.Gateway;
using GeminiChat.ServiceDefaults.ClusterClient;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Startup;
using GeminiChat.ServiceDefaults.Telemetry;
using GeminiChat.Silo.Hosting;
using GeminiChat.Silo.Store;

if (ApiKeysCommand.IsIn(args))
{
    return await ApiKeysCommand.Run(args);
}

return await HostRunner.RunAsync(Build, SiloHosting.PrepareStore);

WebApplication Build() => GatewayApp.Build(args, builder =>
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
});

using GeminiChat.Gateway;
using GeminiChat.Gateway.Settings;

try
{
    // The silo of a one-process run is added here.
    var app = GatewayApp.Build(args, _ => { });
    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (StartErrors.Of(exception) is [_, ..] lines)
{
    foreach (var line in lines)
    {
        await Console.Error.WriteLineAsync(line);
    }

    return 1;
}

namespace GeminiChat.Running;

/// <summary>The gateway as an operator runs it: with settings, alone or for a cluster.</summary>
public sealed class GatewayProcess : WebProcess
{
    private GatewayProcess(string folder, ReadOnlySpan<(string Name, string Value)> settings)
        : base("Gateway", folder, settings)
    {
    }

    /// <summary>Starts the program in a folder, with nothing set but this.</summary>
    public static GatewayProcess Launch(string folder, params ReadOnlySpan<(string Name, string Value)> settings)
    {
        var gateway = new GatewayProcess(folder, settings);
        gateway.Launch();
        return gateway;
    }

    /// <summary>Starts the program, and waits until it is ready.</summary>
    public static async Task<GatewayProcess> Start(string folder, params (string Name, string Value)[] settings)
    {
        var gateway = Launch(folder, settings);
        await gateway.WaitUntilReady();
        return gateway;
    }
}

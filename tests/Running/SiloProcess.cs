namespace GeminiChat.Running;

/// <summary>A silo of a cluster as an operator runs it.</summary>
public sealed class SiloProcess : WebProcess
{
    private SiloProcess(string folder, ReadOnlySpan<(string Name, string Value)> settings)
        : base("Silo", folder, settings)
    {
    }

    /// <summary>Starts the program in a folder, with nothing set but its ports and this.</summary>
    public static SiloProcess Launch(string folder, params ReadOnlySpan<(string Name, string Value)> settings)
    {
        var silo = new SiloProcess(
            folder, [("SILO_PORT", $"{Ports.FindFree()}"), ("SILO_GATEWAY_PORT", $"{Ports.FindFree()}"), .. settings]);
        silo.Launch();
        return silo;
    }
}

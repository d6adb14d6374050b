namespace GeminiChat.Gateway.Streams;

/// <summary>Whether this process is leaving: it lets go of its streams then. Posts are the rooms' to take or refuse.</summary>
internal sealed class GatewayShutdown(IHostApplicationLifetime lifetime)
{
    /// <summary>Cancelled when it begins.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;
}

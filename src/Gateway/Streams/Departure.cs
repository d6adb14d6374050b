namespace GeminiChat.Gateway.Streams;

/// <summary>Whether this process is leaving: it lets go of its streams then. Posts are the rooms' to take or refuse.</summary>
internal sealed class Departure(IHostApplicationLifetime lifetime)
{
    /// <summary>Cancelled when it begins.</summary>
    public CancellationToken Begun => lifetime.ApplicationStopping;
}

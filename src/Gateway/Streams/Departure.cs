namespace GeminiChat.Gateway.Streams;

/// <summary>Whether this process is leaving: it takes no new work then, and lets go of its streams.</summary>
internal sealed class Departure(IHostApplicationLifetime lifetime)
{
    public bool HasBegun => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Cancelled when it begins.</summary>
    public CancellationToken Begun => lifetime.ApplicationStopping;
}

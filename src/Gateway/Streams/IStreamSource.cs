namespace GeminiChat.Gateway.Streams;

/// <summary>The source of a stream's updates, with a cursor.</summary>
internal interface IStreamSource<T>
    where T : class
{
    /// <summary>The kind of stream, for the metrics.</summary>
    string Kind { get; }

    /// <summary>The problem if the source no longer exists.</summary>
    Problem Absent { get; }

    /// <summary>Waits a few seconds at most for updates after the cursor.</summary>
    /// <returns>Null if the source no longer exists.</returns>
    Task<T?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Moves the cursor behind the update.</summary>
    /// <returns>Whether the update has anything to send.</returns>
    bool Advance(T update);
}

/// <summary>Writes a stream's updates to a client as they come.</summary>
internal interface IStreamSink<in T>
{
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>Returns whether more updates may follow.</summary>
    ValueTask<bool> WriteAsync(T update, CancellationToken cancellationToken);

    /// <summary>Shows the client that the connection is alive.</summary>
    ValueTask PingAsync(CancellationToken cancellationToken);

    /// <summary>Ends the stream early. The client can resume it later, at another server, or with a new token.</summary>
    ValueTask ReconnectAsync();

    /// <summary>Ends the stream early, because the source or the session no longer exists.</summary>
    ValueTask FailAsync(Problem problem, CancellationToken cancellationToken);
}

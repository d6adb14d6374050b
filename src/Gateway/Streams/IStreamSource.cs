namespace GeminiChat.Gateway.Streams;

/// <summary>Where a stream's updates come from, and how far they have been read.</summary>
internal interface IStreamSource<T>
    where T : class
{
    /// <summary>What is followed, as the metrics call it.</summary>
    string Kind { get; }

    /// <summary>What to tell a client when the source is not there any more.</summary>
    Problem Absent { get; }

    /// <summary>Waits a few seconds at most for updates behind those that were read.</summary>
    /// <returns>Null when the source is not there any more.</returns>
    Task<T?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Goes on behind this update.</summary>
    /// <returns>Whether there is anything in it for the client.</returns>
    bool Advance(T update);
}

/// <summary>Writes a stream's updates to a client as they come.</summary>
internal interface IStreamSink<in T>
{
    /// <summary>Sends the headers, and what comes before the updates.</summary>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>Sends an update.</summary>
    /// <returns>Whether more may follow.</returns>
    ValueTask<bool> WriteAsync(T update, CancellationToken cancellationToken);

    /// <summary>Shows that the connection is alive.</summary>
    ValueTask PingAsync(CancellationToken cancellationToken);

    /// <summary>Ends early: the source goes on, and can be read elsewhere, later, or with a fresh token.</summary>
    ValueTask ReconnectAsync();

    /// <summary>Ends early: the source is gone, or the reader may not go on.</summary>
    ValueTask FailAsync(Problem problem, CancellationToken cancellationToken);
}

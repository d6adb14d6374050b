using GeminiChat.Gateway.Web;

namespace GeminiChat.Gateway.Streams;

/// <summary>Where a client's news come from, and how far they have been read.</summary>
internal interface IFeed<TNews>
    where TNews : class
{
    /// <summary>What is followed, as the metrics call it.</summary>
    string Kind { get; }

    /// <summary>What to tell a client when the source is not there any more.</summary>
    Problem Absent { get; }

    /// <summary>Waits a few seconds at most for what lies beyond.</summary>
    /// <returns>Null when the source is not there any more.</returns>
    Task<TNews?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Reads on behind this.</summary>
    /// <returns>Whether there is anything in it for the client.</returns>
    bool Advance(TNews news);
}

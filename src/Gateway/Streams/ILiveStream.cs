using GeminiChat.Gateway.Web;

namespace GeminiChat.Gateway.Streams;

/// <summary>Writes news to a client as they come.</summary>
internal interface ILiveStream<in TNews>
{
    /// <summary>Sends the headers, and what comes before the news.</summary>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>Sends what was read.</summary>
    /// <returns>Whether more may follow.</returns>
    ValueTask<bool> WriteAsync(TNews news, CancellationToken cancellationToken);

    /// <summary>Shows that the connection is alive.</summary>
    ValueTask PingAsync(CancellationToken cancellationToken);

    /// <summary>Ends early: the news go on, and can be read elsewhere, later, or with a fresh token.</summary>
    ValueTask LeaveAsync();

    /// <summary>Ends early: the source is gone, or the reader may not go on.</summary>
    ValueTask EndAsync(Problem problem, CancellationToken cancellationToken);
}

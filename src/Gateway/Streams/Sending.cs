namespace GeminiChat.Gateway.Streams;

/// <summary>Sends what has been written to a client, who must take it in time.</summary>
internal static class Sending
{
    /// <summary>
    /// The longest that a client may leave it lying. The server's minimum rate alone would give minutes for a long piece,
    /// and each who stalls holds one.
    /// </summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Sends; the connection of a client who does not take it is broken, and may be resumed.</summary>
    public static async ValueTask SendAsync(this HttpContext http, CancellationToken cancellationToken)
    {
        var sending = http.Response.BodyWriter.FlushAsync(cancellationToken);
        if (sending.IsCompleted)
        {
            await sending;
            return;
        }

        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        await using var deadline = time.CreateTimer(
            static http => ((HttpContext)http!).Abort(), http, Longest, Timeout.InfiniteTimeSpan);
        await sending;
    }
}

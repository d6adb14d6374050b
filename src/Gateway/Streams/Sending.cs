using GeminiChat.Gateway.Web;

namespace GeminiChat.Gateway.Streams;

/// <summary>Sends what has been written to a client, who must take it in time: see <see cref="TimedResponseBody"/>.</summary>
internal static class Sending
{
    /// <summary>Sends; the connection of a client who does not take it is broken, and may be resumed.</summary>
    public static async ValueTask SendAsync(this HttpContext http, CancellationToken cancellationToken) =>
        await http.Response.BodyWriter.FlushAsync(cancellationToken);
}

using GeminiChat.Grains.Model;

namespace GeminiChat.Silo.Gemini;

/// <summary>An answer with a status other than success.</summary>
internal static class RefusedReply
{
    private const int MaxBody = 64 * 1024;

    /// <summary>The exception for it, by its JSON where it has some, else by its status.</summary>
    public static async Task<ModelException> Read(
        HttpResponseMessage response,
        string key,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if ((int)response.StatusCode is >= 300 and < 400)
        {
            // Following would hand the key to whoever it leads to.
            return new ModelException(
                ModelFault.Unavailable,
                $"Gemini answered {(int)response.StatusCode}; redirects are not followed.");
        }

        var error = await ReadError(response.Content, cancellationToken);
        return GeminiError.ToException(response.StatusCode, error, RetryAfter(response, time), key);
    }

    private static async Task<RpcStatus?> ReadError(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await content.ReadAsStreamAsync(cancellationToken);
            var bytes = new byte[MaxBody];
            var length = await body.ReadAtLeastAsync(bytes, MaxBody, throwOnEndOfStream: false, cancellationToken);
            return GeminiError.Read(bytes.AsSpan(0, length));
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException or InvalidDataException)
        {
            // The status says enough.
            return null;
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? header?.Date - time.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : null;
    }
}

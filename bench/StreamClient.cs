using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace GeminiChat.Bench;

/// <summary>How long a response took.</summary>
internal readonly record struct StreamTimes(TimeSpan FirstText, TimeSpan Total);

/// <summary>Reads a stream as a client does, with the times that wrk does not measure.</summary>
internal static class StreamClient
{
    private const int BufferBytes = 1024;

    public static HttpRequestMessage Message(BenchRequest request)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Path);
        if (request.Token.Length > 0)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", request.Token);
        }

        if (request.LastEventId.Length > 0)
        {
            message.Headers.Add("Last-Event-ID", request.LastEventId);
        }

        message.Headers.Accept.ParseAdd(request.Accept);
        message.Content = request.Body is { } body ? new StringContent(body, Encoding.UTF8, "application/json") : null;
        return message;
    }

    public static async Task<StreamTimes> Read(HttpClient http, BenchRequest request, CancellationToken cancellationToken = default)
    {
        using var message = Message(request);
        var start = Stopwatch.GetTimestamp();
        using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[BufferBytes];
        var firstText = TimeSpan.Zero;
        for (int count; (count = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (firstText == TimeSpan.Zero && buffer.AsSpan(0, count).IndexOf("\"text\""u8) >= 0)
            {
                firstText = Stopwatch.GetElapsedTime(start);
            }
        }

        return new StreamTimes(firstText, Stopwatch.GetElapsedTime(start));
    }
}

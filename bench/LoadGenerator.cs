using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace GeminiChat.Bench;

/// <summary>Requests from so many callers at once, and what they cost.</summary>
internal static class LoadGenerator
{
    private const int BufferBytes = 16 * 1024;

    /// <summary>Runs requests and prints a row.</summary>
    /// <returns>Requests per second.</returns>
    public static async Task<double> Run(
        string name, Process server, HttpClient http, int count, int callers, Func<int, HttpRequestMessage> next)
    {
        var firstText = new double[count];
        var number = -1;
        server.Refresh();
        var cpu = server.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var buffer = new byte[BufferBytes];
            for (int i; (i = Interlocked.Increment(ref number)) < count;)
            {
                firstText[i] = await SendAndMeasure(http, next(i), buffer);
            }
        })));
        var seconds = clock.Elapsed.TotalSeconds;
        server.Refresh();
        var each = (server.TotalProcessorTime - cpu).TotalMicroseconds / count;
        Array.Sort(firstText);
        Console.WriteLine(
            $"{name,-28} {count / seconds,9:F0}/s   first text p50 {firstText[count / 2],7:F2} ms   p99 {firstText[count * 99 / 100],7:F2} ms   {each,6:F0} µs CPU each");
        return count / seconds;
    }

    public static HttpRequestMessage CreateGet(string url, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    public static HttpRequestMessage CreatePost(string url, string token, string content = "hello there")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new StringContent($$"""{"content":"{{content}}"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        return request;
    }

    /// <summary>Reads an answer to its end.</summary>
    /// <returns>Milliseconds until the first text; of an answer without text, until its first bytes.</returns>
    public static async Task<double> SendAndMeasure(HttpClient http, HttpRequestMessage request, byte[] buffer)
    {
        using (request)
        {
            var began = Stopwatch.GetTimestamp();
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            response.EnsureSuccessStatusCode();
            await using var stream = await response.Content.ReadAsStreamAsync();
            double? firstText = null;
            for (int read; (read = await stream.ReadAsync(buffer)) > 0;)
            {
                if (firstText is null && (response.Content.Headers.ContentLength is not null || buffer.AsSpan(0, read).IndexOf("\"text\""u8) >= 0))
                {
                    firstText = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                }
            }

            return firstText ?? Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }
    }
}

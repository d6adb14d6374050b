using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GeminiChat.Bench;

/// <summary>
/// A fake Gemini that must not be the bottleneck: it checks nothing, and its chunks are encoded in advance. The fake Gemini
/// of the tests checks every request, which costs more than a relay does.
/// </summary>
internal static class ModelServer
{
    private const int ChunkCharacters = 20;

    private static volatile Reply _reply = new([], TimeSpan.Zero);
    private static long _requests;
    private static long _bytes;

    public static async Task<int> Serve(string url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        await using var app = builder.Build();
        app.MapPost("/v1beta/models/{**model}", Answer);
        app.MapPost("/configure", Configure);
        app.MapPost("/configure/text", ConfigureText);
        app.MapGet("/mean-request-bytes", () => Interlocked.Read(ref _bytes) / Math.Max(1, Interlocked.Read(ref _requests)));
        await app.RunAsync();
        return 0;
    }

    private static void Configure(int chunks, int delay) =>
        Set([.. Enumerable.Range(1, chunks).Select(number => $"word {number} ".PadRight(ChunkCharacters, 'x'))], delay);

    /// <summary>The body is the reply, which goes out in chunks of so many characters.</summary>
    private static async Task ConfigureText(int length, int delay, HttpRequest request)
    {
        var text = await new StreamReader(request.Body).ReadToEndAsync();
        Set([.. text.Chunk(length).Select(static piece => new string(piece))], delay);
    }

    private static void Set(IReadOnlyList<string> texts, int delay)
    {
        _reply = new Reply([.. texts.Select((text, i) => Chunk(text, isLast: i == texts.Count - 1))], TimeSpan.FromMilliseconds(delay));
        Interlocked.Exchange(ref _requests, 0);
        Interlocked.Exchange(ref _bytes, 0);
    }

    private static async Task Answer(HttpContext http)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Add(ref _bytes, await Drain(http));
        var reply = _reply;
        http.Response.ContentType = "text/event-stream";
        for (var i = 0; i < reply.Chunks.Length; i++)
        {
            if (i > 0 && reply.Delay > TimeSpan.Zero)
            {
                await Task.Delay(reply.Delay, http.RequestAborted);
            }

            await http.Response.BodyWriter.WriteAsync(reply.Chunks[i], http.RequestAborted);
        }
    }

    private static async Task<long> Drain(HttpContext http)
    {
        var body = http.Request.BodyReader;
        for (var bytes = 0L; ;)
        {
            var read = await body.ReadAsync(http.RequestAborted);
            bytes += read.Buffer.Length;
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return bytes;
            }
        }
    }

    private static byte[] Chunk(string text, bool isLast)
    {
        var json = JsonSerializer.Serialize(new
        {
            candidates = new[] { new { content = new { parts = new[] { new { text } }, role = "model" }, finishReason = isLast ? "STOP" : null, index = 0 } },
            usageMetadata = new { promptTokenCount = 5, candidatesTokenCount = 10, totalTokenCount = 15 },
            modelVersion = "gemini-2.5-flash",
        }, JsonSerializerOptions);
        return Encoding.UTF8.GetBytes($"data: {json}\r\n\r\n");
    }

    private static readonly JsonSerializerOptions JsonSerializerOptions =
        new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private sealed record Reply(byte[][] Chunks, TimeSpan Delay);
}

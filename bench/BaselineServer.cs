using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GeminiChat.Bench;

/// <summary>
/// The least that any server does: a relay of Gemini's stream that parses and keeps nothing, and an endpoint that returns
/// zeros.
/// </summary>
internal static class BaselineServer
{
    private const int BufferBytes = 8192;

    private static readonly ConcurrentDictionary<int, byte[]> Questions = [];
    private static readonly ConcurrentDictionary<int, byte[]> Zeros = [];

    public static async Task<int> Serve(string url, string model)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        await using var app = builder.Build();
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue })
        {
            BaseAddress = new Uri(model),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        app.MapPost("/relay/{bytes:int}", (int bytes, HttpContext context) => Relay(context, http, bytes));
        app.MapGet("/bytes/{count:int}", (int count, HttpContext context) => Bytes(context, count));
        await app.RunAsync();
        return 0;
    }

    /// <summary>Posts a question of so many bytes, as a gateway posts the conversation.</summary>
    private static async Task Relay(HttpContext context, HttpClient http, int bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1beta/models/x:streamGenerateContent?alt=sse");
        request.Content = new ByteArrayContent(Questions.GetOrAdd(bytes, Question)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        request.Headers.Add("x-goog-api-key", "any");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.ContentType = "text/event-stream";
        await using var stream = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        var buffer = new byte[BufferBytes];
        for (int count; (count = await stream.ReadAsync(buffer, context.RequestAborted)) > 0;)
        {
            await context.Response.BodyWriter.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
        }
    }

    private static Task Bytes(HttpContext context, int count)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = count;
        return context.Response.BodyWriter.WriteAsync(Zeros.GetOrAdd(count, static length => new byte[length]), context.RequestAborted).AsTask();
    }

    private static byte[] Question(int bytes)
    {
        const string Start = """{"contents":[{"role":"user","parts":[{"text":" """;
        const string End = "\"}]}]}";
        return Encoding.UTF8.GetBytes($"{Start}{new string('a', Math.Max(0, bytes - Start.Length - End.Length))}{End}");
    }
}

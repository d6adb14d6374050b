using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GeminiChat.Bench;

/// <summary>
/// What nobody can do without: a relay of Gemini's stream that parses and keeps nothing, and an endpoint that returns
/// ready bytes.
/// </summary>
internal static class BaselineServer
{
    private const int ChunkBytes = 8192;

    private static readonly byte[] Question = """{"contents":[{"role":"user","parts":[{"text":"hello"}]}]}"""u8.ToArray();

    public static async Task<int> Serve(string url, string gemini)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        await using var app = builder.Build();
        var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue }) { BaseAddress = new Uri(gemini) };
        app.MapPost("/relay", context => Relay(context, http));
        app.MapGet("/bytes/{count:int}", (int count, HttpContext context) => Bytes(context, count));
        await app.RunAsync();
        return 0;
    }

    private static async Task Relay(HttpContext context, HttpClient http)
    {
        using var body = new StreamReader(context.Request.Body, Encoding.UTF8);
        await body.ReadToEndAsync(context.RequestAborted);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1beta/models/x:streamGenerateContent?alt=sse");
        request.Content = new ByteArrayContent(Question) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        request.Headers.Add("x-goog-api-key", "any");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.ContentType = "text/event-stream";
        await using var stream = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        var chunk = new byte[ChunkBytes];
        for (int count; (count = await stream.ReadAsync(chunk, context.RequestAborted)) > 0;)
        {
            await context.Response.Body.WriteAsync(chunk.AsMemory(0, count), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private static Task Bytes(HttpContext context, int count)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = count;
        return context.Response.Body.WriteAsync(new byte[count]).AsTask();
    }
}

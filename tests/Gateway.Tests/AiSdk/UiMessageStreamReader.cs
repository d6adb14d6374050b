using System.Net;
using System.Text.Json;

namespace GeminiChat.Gateway.Tests.AiSdk;

/// <summary>An open UI message stream, read chunk by chunk.</summary>
internal sealed class UiMessageStreamReader(SseReader events) : IAsyncDisposable
{
    private const string Done = "[DONE]";

    public static async Task<UiMessageStreamReader> OpenAsync(HttpResponseMessage response)
    {
        Assert.True(response.StatusCode is HttpStatusCode.OK, await TextOf(response));
        Assert.Equal(["v1"], response.Headers.GetValues("X-Vercel-AI-UI-Message-Stream"));
        return new UiMessageStreamReader(await SseReader.OpenAsync(response));
    }

    public async Task<string> NextDataAsync() => (await events.NextAsync()).Data;

    /// <summary>The next chunk has this type.</summary>
    public async Task<JsonElement> ExpectAsync(string type)
    {
        var chunk = JsonDocument.Parse(await NextDataAsync()).RootElement;
        Assert.Equal(type, chunk.Text("type"));
        return chunk;
    }

    /// <summary>The connection breaks off: no end comes.</summary>
    public Task ExpectBreakAsync() => events.ExpectBreakAsync(Done);

    /// <summary>All chunks up to the end of the stream.</summary>
    public async Task<IReadOnlyList<JsonElement>> ReadToEndAsync()
    {
        var chunks = new List<JsonElement>();
        for (var data = await NextDataAsync(); data != Done; data = await NextDataAsync())
        {
            chunks.Add(JsonDocument.Parse(data).RootElement);
        }

        await events.ExpectEndAsync();
        return chunks;
    }

    public ValueTask DisposeAsync() => events.DisposeAsync();

    private static async Task<string> TextOf(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.OK ? "" : $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}";
}

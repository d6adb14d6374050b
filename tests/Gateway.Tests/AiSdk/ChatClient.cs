using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.AiSdk;

/// <summary>A user at <c>/ai/chat</c>, with the requests that <c>useChat</c> makes.</summary>
internal sealed class ChatClient(ApiUser user, string chatId)
{
    public string Path { get; } = $"/ai/chat/{Uri.EscapeDataString(chatId)}";

    public static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };

    public static JsonObject File(string url, string? name = null) => new() { ["type"] = "file", ["mediaType"] = "image/png", ["url"] = url, ["filename"] = name };

    public static JsonObject User(string id, params JsonObject[] parts) => new() { ["id"] = id, ["role"] = "user", ["parts"] = new JsonArray(parts) };

    public static JsonObject Assistant(string id) => new() { ["id"] = id, ["role"] = "assistant", ["parts"] = new JsonArray() };

    /// <summary>Sends messages, and reads the head of the answer.</summary>
    public Task<HttpResponseMessage> Send(JsonObject[] messages, string trigger = "submit-message", string? messageId = null, string? accept = null)
    {
        var body = new JsonObject { ["id"] = chatId, ["messages"] = new JsonArray(messages), ["trigger"] = trigger };
        if (messageId is not null)
        {
            body["messageId"] = messageId;
        }

        return user.Client.PostJsonAsync("/ai/chat", body.ToJsonString(), accept: accept);
    }

    /// <summary>Sends messages, and reads the answer to its end.</summary>
    public async Task<IReadOnlyList<JsonElement>> Ask(JsonObject[] messages, string trigger = "submit-message", string? messageId = null)
    {
        await using var chunks = await ChunkReader.OpenAsync(await Send(messages, trigger, messageId));
        return await chunks.ReadToEndAsync();
    }

    public Task<HttpResponseMessage> Resume() => user.Client.GetAsync($"{Path}/stream", HttpCompletionOption.ResponseHeadersRead);

    public async Task<IReadOnlyList<JsonElement>> Messages(string query = "")
    {
        using var answer = await user.Client.GetAsync($"{Path}/messages{query}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return [.. (await answer.ReadJsonAsync()).EnumerateArray()];
    }

    /// <summary>The texts of the shown branch.</summary>
    public async Task<IReadOnlyList<string>> Texts() => [.. (await Messages()).Select(TextOf)];

    public static string TextOf(JsonElement message) => string.Concat(
        message.GetProperty("parts").EnumerateArray().Where(part => part.Text("type") == "text").Select(part => part.Text("text")));
}

/// <summary>An open UI message stream, read chunk by chunk.</summary>
internal sealed class ChunkReader(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> items) : IAsyncDisposable
{
    public static async Task<ChunkReader> OpenAsync(HttpResponseMessage response)
    {
        Assert.True(response.StatusCode is HttpStatusCode.OK, await TextOf(response));
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(["v1"], response.Headers.GetValues("X-Vercel-AI-UI-Message-Stream"));
        var parser = SseParser.Create(await response.Content.ReadAsStreamAsync());
        return new ChunkReader(response, parser.EnumerateAsync().GetAsyncEnumerator());
    }

    public async Task<string> NextDataAsync()
    {
        Assert.True(await items.MoveNextAsync().AsTask().WaitAsync(Deadline.Timeout), "The stream has ended.");
        return items.Current.Data;
    }

    /// <summary>The next chunk has this type.</summary>
    public async Task<JsonElement> ExpectAsync(string type)
    {
        var chunk = JsonDocument.Parse(await NextDataAsync()).RootElement;
        Assert.Equal(type, chunk.Text("type"));
        return chunk;
    }

    /// <summary>The connection breaks off: no end comes.</summary>
    public Task ExpectBreakAsync() => Assert.ThrowsAnyAsync<Exception>(async () =>
    {
        while (await items.MoveNextAsync().AsTask().WaitAsync(Deadline.Timeout))
        {
            Assert.NotEqual("[DONE]", items.Current.Data);
        }
    });

    /// <summary>All chunks up to the end of the stream.</summary>
    public async Task<IReadOnlyList<JsonElement>> ReadToEndAsync()
    {
        var chunks = new List<JsonElement>();
        for (var data = await NextDataAsync(); data != "[DONE]"; data = await NextDataAsync())
        {
            chunks.Add(JsonDocument.Parse(data).RootElement);
        }

        Assert.False(await items.MoveNextAsync().AsTask().WaitAsync(Deadline.Timeout));
        return chunks;
    }

    public async ValueTask DisposeAsync()
    {
        response.Dispose();
        await items.DisposeAsync();
    }

    private static async Task<string> TextOf(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.OK ? "" : $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}";
}

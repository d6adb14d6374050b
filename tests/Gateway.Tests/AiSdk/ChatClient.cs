using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeminiChat.Gateway.Tests.Fixtures;

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
        await using var chunks = await UiMessageStreamReader.OpenAsync(await Send(messages, trigger, messageId));
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

using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests;

/// <summary>An open event stream, read event by event with the framework's parser.</summary>
internal sealed class SseReader(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> items) : IAsyncDisposable
{
    public HttpResponseMessage Response => response;

    public static async Task<SseReader> OpenAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var parser = SseParser.Create(await response.Content.ReadAsStreamAsync());
        return new SseReader(response, parser.EnumerateAsync().GetAsyncEnumerator());
    }

    /// <summary>Opens the notices from now on. Their first event says where they begin.</summary>
    public static async Task<SseReader> OpenNoticesAsync(HttpResponseMessage response)
    {
        var events = await OpenAsync(response);
        Assert.Equal("connected", (await events.NextAsync()).EventType);
        return events;
    }

    public static async Task<SseReader> AttachAsync(ApiUser user, string? lastEventId = null) =>
        await OpenAsync(await SendAsync(user, lastEventId));

    public static Task<HttpResponseMessage> SendAsync(ApiUser user, string? lastEventId) =>
        SendAsync(user.Client, $"{user.MessagesPath}/{user.Room.Reply}", lastEventId);

    /// <summary>Where to read on.</summary>
    public string? LastId { get; private set; }

    public async Task<SseItem<string>> NextAsync()
    {
        Assert.True(await MoveNextAsync(), "The stream has ended.");
        LastId = items.Current.EventId ?? LastId;
        return items.Current;
    }

    /// <summary>The next event is this one; gives its data.</summary>
    public async Task<JsonElement> ExpectAsync(string type, string? id)
    {
        var item = await NextAsync();
        Assert.Equal((type, id), (item.EventType, item.EventId));
        return JsonDocument.Parse(item.Data).RootElement;
    }

    public async Task ExpectTokenAsync(string text, string id) => Assert.Equal(text, (await ExpectAsync("token", id)).Text("text"));

    public async Task ExpectEndAsync() => Assert.False(await MoveNextAsync());

    /// <summary>The connection breaks off: neither an event with these data nor an end comes.</summary>
    public Task ExpectBreakAsync(string data) => Assert.ThrowsAnyAsync<IOException>(async () =>
    {
        while (await MoveNextAsync())
        {
            Assert.NotEqual(data, items.Current.Data);
        }
    });

    public async ValueTask DisposeAsync()
    {
        response.Dispose();
        await items.DisposeAsync();
    }

    private Task<bool> MoveNextAsync() => items.MoveNextAsync().AsTask().WaitAsync(Deadline.Timeout);

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string path, string? lastEventId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}

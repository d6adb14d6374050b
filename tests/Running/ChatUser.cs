using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace GeminiChat.Running;

/// <summary>A user of the HTTP API, signed in.</summary>
public sealed class ChatUser(HttpClient http, string token)
{
    /// <summary>How long a read that is answered 503 is repeated. A cluster that was killed whole needs this long on a busy machine.</summary>
    private static readonly TimeSpan RetryLimit = TimeSpan.FromMinutes(1);

    public string Token => token;

    /// <summary>
    /// Signs a new user in, by number and one-time code. After a 503 it begins anew, with another number: whether the code has been
    /// used is not known then.
    /// </summary>
    public static async Task<ChatUser> SignIn(HttpClient http)
    {
        using var session = await RetryWhileUnavailable(async () =>
        {
            var number = TestNumber.Next();
            var sent = await http.PostAsJsonAsync("/auth/send-otp", new { mobile_number = number });
            if (sent.StatusCode is HttpStatusCode.ServiceUnavailable)
            {
                return sent;
            }

            var code = (await Json(sent)).GetProperty("otp").GetString();
            return await http.PostAsJsonAsync("/auth/verify-otp", new { mobile_number = number, otp_code = code });
        });
        return new ChatUser(http, (await Json(session)).GetProperty("access_token").GetString()!);
    }

    /// <summary>The same user, at another process.</summary>
    public ChatUser Through(HttpClient other) => new(other, token);

    public Task<HttpResponseMessage> Send(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers) =>
        Send(method, path, body, HttpCompletionOption.ResponseContentRead, headers);

    /// <summary>Sends a request as the user.</summary>
    public Task<HttpResponseMessage> Send(HttpRequestMessage request)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http.SendAsync(request);
    }

    /// <summary>Sends, and does not wait for the body of the answer.</summary>
    public Task<HttpResponseMessage> Open(HttpMethod method, string path, object? body, (string Name, string Value)[] headers) =>
        Send(method, path, body, HttpCompletionOption.ResponseHeadersRead, headers);

    /// <summary>Reads. A 503 is answered with another try, as the API's clients do.</summary>
    public async Task<JsonElement> Get(string path)
    {
        using var response = await RetryWhileUnavailable(() => Send(HttpMethod.Get, path));
        return await Json(response);
    }

    /// <summary>Changes a room. A 503 is answered with another try: a repeat changes nothing more.</summary>
    public async Task<JsonElement> Patch(string path, object body)
    {
        using var response = await RetryWhileUnavailable(() => Send(HttpMethod.Patch, path, body));
        return await Json(response);
    }

    public async Task<string> NewRoom(string name = "room", bool temporary = false) =>
        (await Json(await Send(HttpMethod.Post, "/chatroom", new { name, temporary }), HttpStatusCode.Created)).GetProperty("id").GetString()!;

    /// <summary>Posts, and does not wait for the reply.</summary>
    public async Task<JsonElement> Post(string room, string content, string? key = null)
    {
        (string, string)[] headers = key is null ? [] : [("Idempotency-Key", key)];
        return await Json(await Send(HttpMethod.Post, $"/chatroom/{room}/message", new { content }, headers), HttpStatusCode.Accepted);
    }

    /// <summary>Posts, and reads the reply's events to their end.</summary>
    public async Task<IReadOnlyList<SseItem<string>>> Ask(string room, string content)
    {
        var events = new List<SseItem<string>>();
        await foreach (var item in Stream(HttpMethod.Post, $"/chatroom/{room}/message", new { content }))
        {
            events.Add(item);
        }

        return events;
    }

    /// <summary>Follows a reply to its end, and returns it.</summary>
    public async Task<JsonElement> WaitForReply(string room, long reply)
    {
        await foreach (var _ in Stream(HttpMethod.Get, $"/chatroom/{room}/message/{reply}"))
        {
        }

        return await Get($"/chatroom/{room}/message/{reply}");
    }

    /// <summary>The events of a stream as they come.</summary>
    public async IAsyncEnumerable<SseItem<string>> Stream(
        HttpMethod method, string path, object? body = null, string? lastEventId = null, string? key = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<(string, string)> headers = [("Accept", "text/event-stream")];
        if (lastEventId is not null)
        {
            headers.Add(("Last-Event-ID", lastEventId));
        }

        if (key is not null)
        {
            headers.Add(("Idempotency-Key", key));
        }

        Task<HttpResponseMessage> Begin() => Send(method, path, body, HttpCompletionOption.ResponseHeadersRead, [.. headers]);
        using var response = await (method == HttpMethod.Get ? RetryWhileUnavailable(Begin) : Begin());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            yield return item;
        }
    }

    /// <summary>The notices of all that the user does.</summary>
    /// <param name="lastEventId">The last one that was received. For one that was never given, the first is a reload.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public IAsyncEnumerator<SseItem<string>> Notices(string? lastEventId, CancellationToken cancellationToken) =>
        Stream(HttpMethod.Get, "/events", lastEventId: lastEventId, cancellationToken: cancellationToken).GetAsyncEnumerator(cancellationToken);

    public static async Task<JsonElement> Json(HttpResponseMessage response, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode is HttpStatusCode.Created || response.StatusCode == expected, $"{response.StatusCode}: {text}");
        return JsonElement.Parse(text);
    }

    private static async Task<HttpResponseMessage> RetryWhileUnavailable(Func<Task<HttpResponseMessage>> send)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var response = await send();
            if (response.StatusCode is not HttpStatusCode.ServiceUnavailable
                || response.Headers.RetryAfter?.Delta is not { } pause
                || TimeProvider.System.GetElapsedTime(start) > RetryLimit)
            {
                return response;
            }

            response.Dispose();
            await Task.Delay(pause, TimeProvider.System);
        }
    }

    private async Task<HttpResponseMessage> Send(
        HttpMethod method, string path, object? body, HttpCompletionOption completion, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Content = body is null ? null : JsonContent.Create(body);
        return await http.SendAsync(request, completion);
    }
}

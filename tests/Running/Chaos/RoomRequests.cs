using System.Net;

namespace GeminiChat.Running.Chaos;

/// <summary>Sends the requests of one client of a room, and checks what all answers have in common.</summary>
public sealed class RoomRequests(ServiceUnderTest service, RoomHistory room, Random random, string name)
{
    private int _sent;

    /// <summary>A key that no request of this client has used.</summary>
    public string NewKey(string prefix) => $"{prefix}{name}-{++_sent}";

    public (string Key, string Content) NewPost() => (NewKey("p"), $"{room.Marker} {name}-{_sent}");

    public async Task<HttpResponseMessage> Post(string key, string content, string accept)
    {
        room.Note($"post {key}");

        // Now and then the same request twice at the same time, as after two clicks.
        var twin = random.Next(10) == 0
            ? Send(HttpMethod.Post, "/message", new { content }, ("Idempotency-Key", key))
            : null;
        var response = await Send(HttpMethod.Post, "/message", new { content }, ("Idempotency-Key", key), ("Accept", accept));
        if (twin is not null)
        {
            using var other = await twin;
        }

        return response;
    }

    public Task<HttpResponseMessage> Edit(long message, string key, string content) =>
        Send(HttpMethod.Post, $"/message/{message}/edit", new { content }, ("Idempotency-Key", key));

    /// <summary>Reads the ids of an accepted post. They are the same ones each time.</summary>
    public async Task<AcceptedPost?> ReadAccepted(HttpResponseMessage response, string key, string content, long? edited = null)
    {
        if (response.Headers.Location is not { } location)
        {
            Assert.Fail("No Location.");
            return null;
        }

        var reply = long.Parse(location.ToString().Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
        if (response.Content.Headers.ContentType?.MediaType is "application/json")
        {
            var body = await ChatUser.Json(response, HttpStatusCode.Accepted);
            Assert.Equal(reply, body.GetProperty("reply").Id());
            Assert.Equal(content, body.GetProperty("message").Content());
        }

        var post = new AcceptedPost(content, reply - 1, reply, edited);
        Assert.Equal(post, room.Posts.GetOrAdd(key, post));
        room.Note($"{key} is reply {reply}");
        return post;
    }

    public bool IsAccepted(HttpResponseMessage response, string key)
    {
        if (IsLost(response, key))
        {
            return false;
        }

        if (response.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK)
        {
            return true;
        }

        Expect(response, HttpStatusCode.TooManyRequests);
        return false;
    }

    /// <summary>Whether the room was deleted before the answer came.</summary>
    public bool IsLost(HttpResponseMessage response, string key)
    {
        if (response.StatusCode is not HttpStatusCode.NotFound || !room.IsBeingDeleted)
        {
            return false;
        }

        if (!room.Posts.ContainsKey(key))
        {
            room.UnknownOutcomes[key] = true;
        }

        return true;
    }

    /// <summary>Whether the answer is the first of these; any other than these is a fault, unless the room is going.</summary>
    public bool Expect(HttpResponseMessage response, params HttpStatusCode[] expected)
    {
        if (response.StatusCode is HttpStatusCode.NotFound && room.IsBeingDeleted)
        {
            return false;
        }

        Assert.Contains(response.StatusCode, expected);
        if (response.StatusCode is HttpStatusCode.TooManyRequests)
        {
            Assert.NotNull(response.Headers.RetryAfter);
        }

        return response.StatusCode == expected[0];
    }

    public Task<HttpResponseMessage> Send(
        HttpMethod method, string path, object? body = null, params (string, string)[] headers) =>
        service.SendWithRetries(http => room.User.Through(http).Open(method, $"/chatroom/{room.Id}{path}", body, headers));
}

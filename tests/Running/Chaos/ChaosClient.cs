using System.Collections.Concurrent;
using System.Net;

namespace GeminiChat.Running.Chaos;

/// <summary>Uses a room, with lost connections and repeated requests. Several clients share a room.</summary>
public sealed class ChaosClient(ServiceUnderTest service, RoomHistory room, ChatUser otherUser, int seed, string name)
{
    private readonly Random _random = new(seed);
    private int _sent;

    /// <summary>Does one thing after the other until the time is over or the room is gone.</summary>
    public async Task Run(CancellationToken stopping)
    {
        try
        {
            while (!stopping.IsCancellationRequested && !room.IsBeingDeleted)
            {
                await RunRandomAction();
            }
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"In room {room.Id} (client {name}), after\n{string.Join('\n', room.Log.TakeLast(30))}", exception);
        }
    }

    /// <summary>Does one thing that changes the tree of messages, and does not wait for a reply.</summary>
    public Task ChangeTree() => _random.Next(100) switch
    {
        < 30 => Post(mayFollow: false),
        < 55 => Edit(),
        < 75 => Regenerate(),
        < 95 => ShowBranch(),
        _ => Stop(),
    };

    private Task RunRandomAction() => _random.Next(100) switch
    {
        < 25 => Ask(),
        < 35 => Post(mayFollow: true),
        < 40 => Edit(),
        < 45 => ShowBranch(),
        < 50 => AskForPlainText(),
        < 60 => Repeat(),
        < 70 => Attach(),
        < 80 => Stop(),
        < 88 => Regenerate(),
        < 92 => Read(),
        < 96 => Rename(),
        < 99 => ReadAsOtherUser(),
        _ => _random.Next(3) == 0 ? Delete() : Read(),
    };

    private async Task Ask()
    {
        var (key, content) = NewPost();
        var response = await Send(key, content, "text/event-stream");
        if (IsAccepted(response, key) && await AcceptedIds(response, key, content) is { } post)
        {
            await new ReconnectingReader(service, room, post.Reply, _random).Read(response);
        }
    }

    private async Task Post(bool mayFollow)
    {
        var (key, content) = NewPost();
        using var response = await Send(key, content, "application/json");
        if (IsAccepted(response, key) && await AcceptedIds(response, key, content) is { } post && mayFollow && _random.Next(2) == 0)
        {
            await new ReconnectingReader(service, room, post.Reply, _random).Read(null);
        }
    }

    private async Task Edit()
    {
        if (RandomPost(room.Posts) is not { } known)
        {
            return;
        }

        var (key, content) = NewPost();
        var edited = known.Value.Message;
        room.Note($"edit {edited} as {key}");
        using var response = await SendEdit(edited, key, content);
        if (IsAccepted(response, key))
        {
            await AcceptedIds(response, key, content, edited);
        }
    }

    /// <summary>Shows the branch of any message that is known. It is shown down to its newest message, and contains the message.</summary>
    private async Task ShowBranch()
    {
        if (RandomPost(room.Posts) is not { } known)
        {
            return;
        }

        var message = _random.Next(2) == 0 ? known.Value.Message : known.Value.Reply;
        room.Note($"show {message}");
        using var response = await Request(HttpMethod.Patch, "", new { head = message });
        if (Expect(response, HttpStatusCode.OK))
        {
            Assert.True((await ChatUser.Json(response)).GetProperty("head").GetInt64() >= message);
        }
    }

    private async Task AskForPlainText()
    {
        var (key, content) = NewPost();
        using var response = await Send(key, content, "text/plain");
        if (response is { StatusCode: HttpStatusCode.UnprocessableEntity, Headers.Location: not null })
        {
            // The model refused before the first word. The message is stored all the same.
            await AcceptedIds(response, key, content);
            return;
        }

        if (!IsAccepted(response, key) || await AcceptedIds(response, key, content) is not { } post)
        {
            return;
        }

        try
        {
            room.ReadReplies.Enqueue((post.Reply, await response.Content.ReadAsStringAsync()));
        }
        catch (Exception broken) when (ServiceUnderTest.IsConnectionError(broken))
        {
            // Bare text cannot be resumed.
        }
    }

    /// <summary>The same key again: the same ids. With other words: refused.</summary>
    private async Task Repeat()
    {
        if (RandomPost(room.Posts) is not { } known)
        {
            return;
        }

        var isSame = _random.Next(4) > 0;
        var content = isSame ? known.Value.Content : "something else";
        using var response = known.Value.Edited is { } edited
            ? await SendEdit(edited, known.Key, content)
            : await Send(known.Key, content, "application/json");
        if (isSame)
        {
            if (IsAccepted(response, known.Key))
            {
                await AcceptedIds(response, known.Key, known.Value.Content, known.Value.Edited);
            }
        }
        else
        {
            Expect(response, HttpStatusCode.UnprocessableEntity);
        }
    }

    private async Task Attach()
    {
        if (RandomReply() is { } reply)
        {
            await new ReconnectingReader(service, room, reply, _random).Read(null);
        }
    }

    private async Task Stop()
    {
        if (RandomReply(newest: true) is not { } reply)
        {
            return;
        }

        room.Note($"stop {reply}");
        using var response = await Request(HttpMethod.Post, $"/message/{reply}/stop");
        if (Expect(response, HttpStatusCode.OK))
        {
            room.StoppedReplies.Enqueue((reply, (await ChatUser.Json(response)).Content()));
        }
    }

    private async Task Regenerate()
    {
        if (RandomReply() is not { } reply)
        {
            return;
        }

        var key = $"r{name}-{++_sent}";
        room.Note($"regenerate {reply} as {key}");
        using var response = await Request(HttpMethod.Post, $"/message/{reply}/regenerate", null, ("Idempotency-Key", key));
        if (response.StatusCode is HttpStatusCode.Accepted)
        {
            room.Regenerations[key] = (await ChatUser.Json(response, HttpStatusCode.Accepted)).GetProperty("reply").Id();
        }
        else if (!IsLost(response, key))
        {
            Expect(response, HttpStatusCode.Conflict, HttpStatusCode.TooManyRequests);
        }
    }

    private async Task Read()
    {
        using var response = await Request(HttpMethod.Get, "");
        if (Expect(response, HttpStatusCode.OK))
        {
            var messages = (await ChatUser.Json(response)).GetProperty("messages").EnumerateArray().Select(SseTestExtensions.Id).ToList();
            Assert.Equal(messages.Order().Distinct(), messages);
        }
    }

    private async Task Rename()
    {
        using var response = await Request(HttpMethod.Patch, "", new { name = $"room {_random.Next()}" });
        Expect(response, HttpStatusCode.OK);
    }

    /// <summary>Somebody else's room is no room.</summary>
    private async Task ReadAsOtherUser()
    {
        using var response = await service.SendWithRetries(http => otherUser.Through(http).Send(HttpMethod.Get, $"/chatroom/{room.Id}"));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private async Task Delete()
    {
        room.Note("delete");
        room.IsBeingDeleted = true;
        using var response = await service.SendWithRetries(http => room.User.Through(http).Send(HttpMethod.Delete, $"/chatroom/{room.Id}"));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private (string Key, string Content) NewPost() => ($"p{name}-{++_sent}", $"{room.Marker} {name}-{_sent}");

    private async Task<HttpResponseMessage> Send(string key, string content, string accept)
    {
        room.Note($"post {key}");

        // The same request twice at the same time, as a proxy or a nervous finger does it.
        var twin = _random.Next(10) == 0
            ? Request(HttpMethod.Post, "/message", new { content }, ("Idempotency-Key", key))
            : null;
        var response = await Request(HttpMethod.Post, "/message", new { content }, ("Idempotency-Key", key), ("Accept", accept));
        if (twin is not null)
        {
            using var other = await twin;
        }

        return response;
    }

    private Task<HttpResponseMessage> SendEdit(long message, string key, string content) =>
        Request(HttpMethod.Post, $"/message/{message}/edit", new { content }, ("Idempotency-Key", key));

    /// <summary>The ids of an accepted post; the same ones each time.</summary>
    private async Task<AcceptedPost?> AcceptedIds(HttpResponseMessage response, string key, string content, long? edited = null)
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

    private bool IsAccepted(HttpResponseMessage response, string key)
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
    private bool IsLost(HttpResponseMessage response, string key)
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
    private bool Expect(HttpResponseMessage response, params HttpStatusCode[] expected)
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

    private Task<HttpResponseMessage> Request(
        HttpMethod method, string path, object? body = null, params (string, string)[] headers) =>
        service.SendWithRetries(http => room.User.Through(http).Open(method, $"/chatroom/{room.Id}{path}", body, headers));

    private long? RandomReply(bool newest = false)
    {
        var replies = room.Replies;
        return replies.Length == 0 ? null : newest ? replies.Max() : replies[_random.Next(replies.Length)];
    }

    private KeyValuePair<string, AcceptedPost>? RandomPost(ConcurrentDictionary<string, AcceptedPost> posts)
    {
        var all = posts.ToArray();
        return all.Length == 0 ? null : all[_random.Next(all.Length)];
    }
}

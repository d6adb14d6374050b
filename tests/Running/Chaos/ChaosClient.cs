using System.Net;

namespace GeminiChat.Running.Chaos;

/// <summary>Uses a room, with lost connections and repeated requests. Several clients share a room.</summary>
public sealed class ChaosClient(ServiceUnderTest service, RoomHistory room, ChatUser otherUser, Random random, string name)
{
    private readonly RoomRequests _requests = new(service, room, random, name);

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
    public Task ChangeTree() => random.Next(100) switch
    {
        < 30 => Post(mayFollow: false),
        < 55 => Edit(),
        < 75 => Regenerate(),
        < 95 => ShowBranch(),
        _ => Stop(),
    };

    private Task RunRandomAction() => random.Next(100) switch
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
        _ => random.Next(3) == 0 ? Delete() : Read(),
    };

    private async Task Ask()
    {
        var (key, content) = _requests.NewPost();
        var response = await _requests.Post(key, content, "text/event-stream");
        if (_requests.IsAccepted(response, key) && await _requests.ReadAccepted(response, key, content) is { } post)
        {
            await new ReconnectingReader(service, room, post.Reply, random).Read(response);
        }
    }

    private async Task Post(bool mayFollow)
    {
        var (key, content) = _requests.NewPost();
        using var response = await _requests.Post(key, content, "application/json");
        if (_requests.IsAccepted(response, key) && await _requests.ReadAccepted(response, key, content) is { } post && mayFollow && random.Next(2) == 0)
        {
            await new ReconnectingReader(service, room, post.Reply, random).Read(null);
        }
    }

    private async Task Edit()
    {
        if (RandomPost() is not { } known)
        {
            return;
        }

        var (key, content) = _requests.NewPost();
        var edited = known.Value.Message;
        room.Note($"edit {edited} as {key}");
        using var response = await _requests.Edit(edited, key, content);
        if (_requests.IsAccepted(response, key))
        {
            await _requests.ReadAccepted(response, key, content, edited);
        }
    }

    /// <summary>Shows the branch of any message that is known. It is shown down to its newest message, and contains the message.</summary>
    private async Task ShowBranch()
    {
        if (RandomPost() is not { } known)
        {
            return;
        }

        var message = random.Next(2) == 0 ? known.Value.Message : known.Value.Reply;
        room.Note($"show {message}");
        using var response = await _requests.Send(HttpMethod.Patch, "", new { head = message });
        if (_requests.Expect(response, HttpStatusCode.OK))
        {
            Assert.True((await ChatUser.Json(response)).GetProperty("head").GetInt64() >= message);
        }
    }

    private async Task AskForPlainText()
    {
        var (key, content) = _requests.NewPost();
        using var response = await _requests.Post(key, content, "text/plain");
        if (response is { StatusCode: HttpStatusCode.UnprocessableEntity, Headers.Location: not null })
        {
            // The model refused before the first word. The message is stored all the same.
            await _requests.ReadAccepted(response, key, content);
            return;
        }

        if (!_requests.IsAccepted(response, key) || await _requests.ReadAccepted(response, key, content) is not { } post)
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
        if (RandomPost() is not { } known)
        {
            return;
        }

        var isSame = random.Next(4) > 0;
        var content = isSame ? known.Value.Content : "something else";
        using var response = known.Value.Edited is { } edited
            ? await _requests.Edit(edited, known.Key, content)
            : await _requests.Post(known.Key, content, "application/json");
        if (isSame)
        {
            if (_requests.IsAccepted(response, known.Key))
            {
                await _requests.ReadAccepted(response, known.Key, known.Value.Content, known.Value.Edited);
            }
        }
        else
        {
            _requests.Expect(response, HttpStatusCode.UnprocessableEntity);
        }
    }

    private async Task Attach()
    {
        if (RandomReply() is { } reply)
        {
            await new ReconnectingReader(service, room, reply, random).Read(null);
        }
    }

    private async Task Stop()
    {
        if (RandomReply(newest: true) is not { } reply)
        {
            return;
        }

        room.Note($"stop {reply}");
        using var response = await _requests.Send(HttpMethod.Post, $"/message/{reply}/stop");
        if (_requests.Expect(response, HttpStatusCode.OK))
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

        var key = _requests.NewKey("r");
        room.Note($"regenerate {reply} as {key}");
        using var response = await _requests.Send(HttpMethod.Post, $"/message/{reply}/regenerate", null, ("Idempotency-Key", key));
        if (response.StatusCode is HttpStatusCode.Accepted)
        {
            room.Regenerations[key] = (await ChatUser.Json(response, HttpStatusCode.Accepted)).GetProperty("reply").Id();
        }
        else if (!_requests.IsLost(response, key))
        {
            _requests.Expect(response, HttpStatusCode.Conflict, HttpStatusCode.TooManyRequests);
        }
    }

    private async Task Read()
    {
        using var response = await _requests.Send(HttpMethod.Get, "");
        if (_requests.Expect(response, HttpStatusCode.OK))
        {
            var messages = (await ChatUser.Json(response)).GetProperty("messages").EnumerateArray().Select(SseTestExtensions.Id).ToList();
            Assert.Equal(messages.Order().Distinct(), messages);
        }
    }

    private async Task Rename()
    {
        using var response = await _requests.Send(HttpMethod.Patch, "", new { name = $"room {random.Next()}" });
        _requests.Expect(response, HttpStatusCode.OK);
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

    private long? RandomReply(bool newest = false)
    {
        var replies = room.Replies;
        return replies.Length == 0 ? null : newest ? replies.Max() : replies[random.Next(replies.Length)];
    }

    private KeyValuePair<string, AcceptedPost>? RandomPost()
    {
        var all = room.Posts.ToArray();
        return all.Length == 0 ? null : all[random.Next(all.Length)];
    }
}

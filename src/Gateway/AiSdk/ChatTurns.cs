using GeminiChat.Gateway.Chatrooms;

namespace GeminiChat.Gateway.AiSdk;

/// <summary>Decides what a request of <c>useChat</c> is: a post, an edit or a regenerate. Then it begins the turn.</summary>
internal sealed class ChatTurns(ChatFiles files, TimeProvider time)
{
    // A client keeps the id of a message that it edits. Older versions are not looked for.
    private const int MaxVersions = 20;

    private static readonly Problem NothingNew = Problems.BadRequest("messages has no new message of the user.");

    /// <summary>The outcome of the turn, or why there is none.</summary>
    public async Task<(PostOutcome? Outcome, Problem? Problem)> Begin(ChatBody body, string? key, RoomPath room, HttpContext http)
    {
        var request = body.Value;
        var options = ReplyOptionsMapping.ToOptions(request.Model, request.Thinking, request.Search);
        var freshKey = key ?? Guid.CreateVersion7().ToString("N");
        if (request.FindQuestion() is not { } question)
        {
            body.Release();
            var regenerate = new RegenerateReplyRequest(request.Model, request.Thinking, request.Search);
            return BodyValidator<RegenerateReplyRequest>.Validate(regenerate) is { } invalid ? (null, Problems.BadRequest(invalid))
                : MessagePath.Parse(request.MessageId!) is { } reply ? (await Call(() => room.Grain.Regenerate(reply, freshKey, options), http), null)
                : (null, RoomPath.NotFound);
        }

        var (attachments, refusal) = await files.Store(room.Key, question, http);
        body.Release();
        var message = new PostMessageRequest(question.GetText(), request.Model, request.Thinking, request.Search, attachments);
        refusal ??= BodyValidator<PostMessageRequest>.Validate(message) is { } error ? Problems.BadRequest(error) : null;
        if (refusal is not null)
        {
            return (null, refusal);
        }

        var named = request.AsksForAnotherReply() ? question.Id : request.MessageId;
        if (named is not null && await Find(room.Grain, named, http) is { } earlier)
        {
            return await FindVersion(room.Grain, earlier, message, http) is { } same
                ? (await Call(() => room.Grain.Regenerate(FirstReplyTo(same), freshKey, options), http), null)
                : (await Call(() => room.Grain.Edit(earlier.Id, message.ToMessage(freshKey)), http), null);
        }

        return named is not null && named != question.Id && await Find(room.Grain, question.Id!, http) is not null
            ? (null, NothingNew)
            : await Post(room.Grain, message.ToMessage(key ?? question.Id!), http);
    }

    /// <summary>Creates the room if the message is its first.</summary>
    private async Task<(PostOutcome? Outcome, Problem? Problem)> Post(IChatroomGrain room, NewMessage message, HttpContext http)
    {
        var outcome = await Call(() => room.Post(message), http);
        if (outcome is not PostOutcome.RoomAbsent)
        {
            return (outcome, null);
        }

        // Without a name, the room gets a title from this message.
        var created = await GrainCalls.RetryAsync(() => room.Create(new CreateRoomRequest().ToRoom()), http.RequestAborted);
        return created switch
        {
            CreateRoomOutcome.Created => (await Call(() => room.Post(message), http), null),
            CreateRoomOutcome.Deleted => (null, ChatroomProblems.Deleted),
            _ => (null, TurnProblems.Of(created, time)),
        };
    }

    /// <summary>A stored message of the user, by its number or by the id that the client gave it.</summary>
    private static async Task<RoomMessage?> Find(IChatroomGrain room, string id, HttpContext http)
    {
        if (MessagePath.Parse(id) is { } number
            && await GrainCalls.RetryAsync(() => room.ReadMessage(number), http.RequestAborted) is { Sender: Sender.User } message)
        {
            return message;
        }

        return await GrainCalls.RetryAsync(() => room.FindMessageOfKey(id), http.RequestAborted);
    }

    /// <summary>The version of a message that has this text and these files.</summary>
    private static async Task<RoomMessage?> FindVersion(IChatroomGrain room, RoomMessage message, PostMessageRequest sought, HttpContext http)
    {
        if (IsSame(message, sought) || message.Siblings.IsDefault)
        {
            return IsSame(message, sought) ? message : null;
        }

        foreach (var id in message.Siblings.Reverse().Take(MaxVersions))
        {
            var version = await GrainCalls.RetryAsync(() => room.ReadMessage(id), http.RequestAborted);
            if (version is not null && IsSame(version, sought))
            {
                return version;
            }
        }

        return null;
    }

    private static bool IsSame(RoomMessage message, PostMessageRequest sought)
    {
        IEnumerable<Guid> files = message.Attachments.IsDefault ? [] : message.Attachments.Select(file => file.Id);
        return message.Content == sought.Content && files.SequenceEqual((sought.Attachments ?? []).Distinct());
    }

    // The id of a first reply is that of its message plus one.
    private static long FirstReplyTo(RoomMessage message) => message.Id + 1;

    private static Task<PostOutcome> Call(Func<Task<PostOutcome>> call, HttpContext http) => GrainCalls.RetryAsync(call, http.RequestAborted);
}

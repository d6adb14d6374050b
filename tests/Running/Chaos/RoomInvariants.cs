using System.Text.Json;

namespace GeminiChat.Running.Chaos;

/// <summary>Holds what is stored against what clients were told and what the model said.</summary>
/// <param name="room">What clients did in the room, and what they were told.</param>
/// <param name="model">The calls of the model.</param>
/// <param name="isPartitioned">Whether silos were cut off from each other.</param>
public sealed class RoomInvariants(RoomHistory room, ModelCallLog model, bool isPartitioned = false)
{
    // A room sends at least half as many messages as it keeps in memory.
    private const int FewestMessagesOfContext = 50;

    private readonly List<ModelCall> _calls = [.. model.Calls.Where(call => call.Room == room.Marker)];

    /// <summary>Checks a room that nobody uses any more.</summary>
    /// <returns>Its messages.</returns>
    public async Task<IReadOnlyList<JsonElement>> Verify(ChatUser user)
    {
        var messages = await ReadAllMessages(user);
        AssertAcceptedMessagesAreStoredOnce(messages);
        AssertMessagesHaveTheirReplies(messages);
        AssertTextsComeFromTheModel(messages);
        AssertReadersSawStoredText(messages);
        AssertCallsWereSequential(messages);
        AssertCallsFollowPaths(messages);
        await AssertMessagesAreReachable(user, messages);
        return messages;
    }

    private async Task<IReadOnlyList<JsonElement>> ReadAllMessages(ChatUser user)
    {
        var pages = new List<JsonElement>();
        var before = "";
        while (true)
        {
            var page = (await user.Get($"/chatroom/{room.Id}?limit=50{before}")).GetProperty("messages").EnumerateArray().ToList();
            pages.InsertRange(0, page);
            if (page.Count == 0 || page[0].Id() == 1)
            {
                return pages;
            }

            before = $"&before={page[0].Id()}";
        }
    }

    private void AssertAcceptedMessagesAreStoredOnce(IReadOnlyList<JsonElement> messages)
    {
        Assert.Equal(Enumerable.Range(1, messages.Count).Select(id => (long)id), messages.Select(SseTestExtensions.Id));
        Assert.Equal(
            room.Posts.Values.OrderBy(post => post.Message).Select(post => (post.Message, post.Content)),
            messages.Where(message => !IsReply(message)).Select(message => (message.Id(), message.Content())));
    }

    private void AssertMessagesHaveTheirReplies(IReadOnlyList<JsonElement> messages)
    {
        var replies = messages.Where(IsReply).ToList();
        Assert.Equal(room.Replies.Order(), replies.Select(SseTestExtensions.Id));
        foreach (var ofOne in replies.GroupBy(reply => reply.GetProperty("reply_to").GetInt64()))
        {
            Assert.All(ofOne.SkipLast(1), older => Assert.Equal(ofOne.Last().Id(), Newest(ofOne, older)));
            Assert.False(ofOne.Last().TryGetProperty("superseded_by", out _));
        }

        Assert.All(replies, reply => Assert.Contains(reply.Status(), (string[])["completed", "stopped", "incomplete", "failed"]));
    }

    /// <summary>The last of those that took an older reply's place.</summary>
    private static long Newest(IEnumerable<JsonElement> replies, JsonElement older)
    {
        var by = older.GetProperty("superseded_by").GetInt64();
        var next = replies.Single(reply => reply.Id() == by);
        return next.TryGetProperty("superseded_by", out _) ? Newest(replies, next) : by;
    }

    private void AssertTextsComeFromTheModel(IReadOnlyList<JsonElement> messages)
    {
        var questions = messages.Where(message => !IsReply(message)).ToDictionary(SseTestExtensions.Id, SseTestExtensions.Content);
        foreach (var reply in messages.Where(IsReply))
        {
            var said = _calls.Where(call => call.Question == questions[reply.GetProperty("reply_to").GetInt64()]).Select(call => call.Text);
            switch (reply.Status())
            {
                case "completed":
                    Assert.Contains(reply.Content(), said);
                    break;
                case "failed":
                    Assert.Empty(reply.Content());
                    break;
                default:
                    Assert.True(reply.Content() is "" || said.Any(text => text.StartsWith(reply.Content(), StringComparison.Ordinal)));
                    break;
            }
        }
    }

    private void AssertReadersSawStoredText(IReadOnlyList<JsonElement> messages)
    {
        Assert.All(room.ReadReplies.Concat(room.StoppedReplies), seen => Assert.Equal(messages[(int)seen.Reply - 1].Content(), seen.Text));
    }

    /// <summary>
    /// A call begins when the one before has ended, or its client has left, which the model's side may notice a moment
    /// later. A silo that is cut off may finish its call for a question that another silo has begun to answer anew: the attempt
    /// decides which text is stored. Answers are begun in the order of their questions, but for those that were asked for again.
    /// </summary>
    private void AssertCallsWereSequential(IReadOnlyList<JsonElement> messages)
    {
        foreach (var (call, next) in _calls.Zip(_calls.Skip(1)))
        {
            Assert.True(
                call.End < next.Begin || call.IsBrokenOff || (isPartitioned && call.Question == next.Question),
                $"In room {room.Id} the calls for '{call.Question}' and '{next.Question}' ran at the same time.");
        }

        var answeredOnce = messages.Where(IsReply).CountBy(reply => reply.GetProperty("reply_to").GetInt64())
            .Where(replies => replies.Value == 1).Select(replies => messages[(int)replies.Key - 1].Content()).ToList();
        var begun = _calls.Select(call => call.Question).Distinct().Where(answeredOnce.Contains).ToList();
        Assert.Equal(answeredOnce.Where(begun.Contains), begun);
    }

    /// <summary>
    /// The call that gave a reply its text had the path from the first message to its question, without the turns whose reply had no
    /// text or failed. The oldest turns of a long path may be missing. Calls whose text is not stored do not count: in a partition, an
    /// activation may go on for a while with replies that are not stored either.
    /// </summary>
    private void AssertCallsFollowPaths(IReadOnlyList<JsonElement> messages)
    {
        foreach (var reply in messages.Where(message => IsReply(message) && message.Content().Length > 0))
        {
            var question = messages[(int)reply.GetProperty("reply_to").GetInt64() - 1];
            var path = PathTo(messages, question.Id())[..^1];
            var expected = path.Zip(path.Skip(1)).Where(pair => IsReply(pair.Second) && IsInContext(pair.Second))
                .SelectMany(pair => new[] { pair.First.Content(), pair.Second.Content() }).ToList();
            var told = _calls.Where(call => call.Question == question.Content() && call.Text.StartsWith(reply.Content(), StringComparison.Ordinal))
                .Select(call => call.Request.Turns.SkipLast(1).Select(turn => turn.Text).ToList()).ToList();
            Assert.True(
                told.Exists(texts => texts.SequenceEqual(expected.TakeLast(texts.Count))
                    && (texts.Count == expected.Count || path.Count > FewestMessagesOfContext)),
                $"In room {room.Id} no call for reply {reply.Id()} had its path.");
        }
    }

    /// <summary>Shows some messages' branches, which contain them, and then the one that was shown before.</summary>
    private async Task AssertMessagesAreReachable(ChatUser user, IReadOnlyList<JsonElement> messages)
    {
        foreach (var message in messages.Where((_, i) => i % (1 + (messages.Count / 10)) == 0))
        {
            var head = (await user.Patch($"/chatroom/{room.Id}", new { head = message.Id() })).GetProperty("head").GetInt64();
            var path = PathTo(messages, head).Select(SseTestExtensions.Id).ToList();
            Assert.Contains(message.Id(), path);
            var page = (await user.Get($"/chatroom/{room.Id}?view=path&limit=50")).GetProperty("messages").EnumerateArray().Select(SseTestExtensions.Id);
            Assert.Equal(path.TakeLast(50), page);
        }
    }

    private static List<JsonElement> PathTo(IReadOnlyList<JsonElement> messages, long id)
    {
        var path = new List<JsonElement>();
        for (long? at = id; at is { } one;)
        {
            var message = messages[(int)one - 1];
            path.Insert(0, message);
            at = message.TryGetProperty("parent_id", out var parent) ? parent.GetInt64() : null;
        }

        return path;
    }

    private static bool IsInContext(JsonElement reply) => reply.Content().Trim().Length > 0
        && (reply.Status() is "completed" or "stopped"
            || (reply.Status() is "incomplete" && reply.GetProperty("error").GetProperty("reason").GetString() is "length"));

    private static bool IsReply(JsonElement message) => message.GetProperty("sender").GetString() == "ai";
}

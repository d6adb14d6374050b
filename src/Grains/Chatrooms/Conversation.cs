namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// The messages of a room. The newest ones are in memory, older ones in the store. Not thread-safe: one activation owns
/// it.
/// </summary>
internal sealed class Conversation
{
    // Above this length, only MinMessages stay in memory. That is more than may be pending. 4 M code units are 8 MB.
    private const int MaxTextLength = 4_000_000;
    private const int MinMessages = 50;

    private readonly RoomKey _room;
    private readonly IRoomStore _store;
    private readonly int _capacity;
    private readonly List<RoomMessage> _tail;
    private int _textLength;

    /// <summary>Creates the conversation from the newest messages that the store returned.</summary>
    /// <param name="room">The room.</param>
    /// <param name="store">The store that holds the older messages.</param>
    /// <param name="newest">The newest messages with consecutive ids.</param>
    /// <param name="capacity">How many messages to keep in memory.</param>
    public Conversation(RoomKey room, IRoomStore store, ImmutableArray<RoomMessage> newest, int capacity)
    {
        (_room, _store, _capacity) = (room, store, capacity);
        _tail = [.. newest];
        AddLength(newest.Sum(message => message.Content.Length));
    }

    public void Add(RoomMessage message)
    {
        // The list may grow a quarter above the capacity, so that it is not shifted at every message.
        if (_tail.Count >= _capacity + (_capacity / 4))
        {
            RemoveOldest(_tail.Count - _capacity);
        }

        _tail.Add(message);
        AddLength(message.Content.Length);
    }

    public void Replace(RoomMessage message)
    {
        if (IndexOf(message.Id) is { } index)
        {
            var growth = message.Content.Length - _tail[index].Content.Length;
            _tail[index] = message;
            AddLength(growth);
        }
    }

    /// <summary>Marks the earlier replies to the same message as superseded by another reply.</summary>
    public void Supersede(RoomMessage by)
    {
        for (var i = 0; i < _tail.Count; i++)
        {
            if (_tail[i].ReplyTo == by.ReplyTo)
            {
                _tail[i] = _tail[i] with { SupersededBy = by.Id };
            }
        }
    }

    /// <summary>The message that a reply answers, and the conversation before it.</summary>
    public async ValueTask<Question> GetQuestion(RoomMessage reply)
    {
        var message = await Find(reply.ReplyTo!.Value)
            ?? throw new InvalidOperationException($"Reply {reply.Id} of room {_room.RoomId} answers nothing.");

        // A message may be far back, with little or nothing before it in memory. That happens when it is regenerated, or
        // when very many messages were posted and stopped after it.
        var isNear = _tail[0].Id == 1 || IndexOf(message.Id) >= _tail.Count / 2;
        return new Question(
            message, reply.Id, isNear ? _tail : await _store.ReadTurnsBefore(_room, message.Id, _capacity));
    }

    /// <summary>Finds a message in memory.</summary>
    public RoomMessage? FindInMemory(long id) => IndexOf(id) is { } index ? _tail[index] : null;

    /// <summary>Finds a message in memory or in the store.</summary>
    public async ValueTask<RoomMessage?> Find(long id)
    {
        if (FindInMemory(id) is { } message)
        {
            return message;
        }

        var isOlder = _tail.Count > 0 && id >= 1 && id < _tail[0].Id;
        return isOlder ? await _store.ReadMessage(_room, id) : null;
    }

    /// <summary>
    /// The newest messages below an id, in the order of their ids. There are fewer than <c>limit</c> when their text
    /// exceeds the size of a page.
    /// </summary>
    public async ValueTask<ImmutableArray<RoomMessage>> GetPage(int limit, long before)
    {
        var end = _tail.FindLastIndex(message => message.Id < before) + 1;
        var start = Math.Max(0, end - limit);
        var isInMemory = end - start == limit || _tail.Count == 0 || _tail[0].Id == 1;
        return isInMemory ? TakePage(start, end) : await _store.ReadMessages(_room, before, limit);
    }

    private ImmutableArray<RoomMessage> TakePage(int from, int end)
    {
        var (start, left) = (end, IChatroomGrain.MaxPageLength);
        while (start > from && (left -= _tail[start - 1].Content.Length) >= 0)
        {
            start--;
        }

        // A single message that exceeds the size is still returned.
        start = Math.Max(from, Math.Min(start, end - 1));
        return [.. _tail.Skip(start).Take(end - start)];
    }

    private void AddLength(int text)
    {
        _textLength += text;
        while (_textLength > MaxTextLength && _tail.Count > MinMessages)
        {
            RemoveOldest(1);
        }
    }

    private void RemoveOldest(int count)
    {
        _textLength -= _tail.Take(count).Sum(message => message.Content.Length);
        _tail.RemoveRange(0, count);
    }

    private int? IndexOf(long id)
    {
        if (_tail.Count == 0)
        {
            return null;
        }

        var index = id - _tail[0].Id;
        return index >= 0 && index < _tail.Count ? (int)index : null;
    }
}

/// <summary>A message to answer.</summary>
/// <param name="Message">The message.</param>
/// <param name="ReplyId">The id of the new reply.</param>
/// <param name="Conversation">
/// Messages in the order of their ids, except that newer replies to them may come last. It may contain messages that are
/// not needed for the context.
/// </param>
internal sealed record Question(RoomMessage Message, long ReplyId, IReadOnlyList<RoomMessage> Conversation);

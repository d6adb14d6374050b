namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// The messages of a room, and which branch of them is shown. The newest messages are in memory, and so are those of the branch
/// that was sent to the model last. All others are in the store. Not thread-safe: one activation owns it.
/// </summary>
internal sealed class Conversation
{
    // Above this length, only MinMessages stay in memory. That is more than may be pending. 4 M code units are 8 MB.
    private const int MaxTextLength = 4_000_000;
    private const int MinMessages = 50;

    // Limit of the older messages that are kept from the last prompt. Above it they are read again for each turn.
    private const int MaxOlderTextLength = 4_000_000;

    private const int MaxContextMessages = 10_000;
    private const int MessagesPerRead = 200;

    // How much is read when no earlier prompt is known. More cannot fit the budget.
    private const int MaxCharactersPerToken = 16;

    private readonly RoomKey _room;
    private readonly IRoomStore _store;
    private readonly int _capacity;
    private readonly List<RoomMessage> _tail;
    private readonly MessageTree _tree;
    private Dictionary<long, RoomMessage> _older = [];
    private int _textLength;
    private int _changes;
    private long _contextStart = long.MaxValue;

    /// <summary>Creates the conversation from what the store returned.</summary>
    /// <param name="room">The room.</param>
    /// <param name="store">The store that holds the older messages.</param>
    /// <param name="stored">The room as read from the store. The ids of its newest messages are consecutive.</param>
    /// <param name="capacity">How many messages to keep in memory.</param>
    public Conversation(RoomKey room, IRoomStore store, StoredRoom stored, int capacity)
    {
        (_room, _store, _capacity) = (room, store, capacity);
        _tail = [.. stored.Tail];
        _tree = new MessageTree(stored.Branches, stored.Row.NextId);
        ChosenHead = stored.Row.ChosenHead;
        AddLength(_tail.Sum(message => message.GetSize()));
    }

    /// <summary>The newest message of the shown branch, which the next message follows; null in an empty room.</summary>
    public long? Head => ChosenHead ?? DefaultHead;

    /// <summary>The head that the user has chosen since the newest message; null for none.</summary>
    public long? ChosenHead { get; private set; }

    /// <summary>The head when the user has not chosen another one.</summary>
    public long? DefaultHead => _tree.DefaultHead is > 0 and var head ? head : null;

    /// <summary>Adds the next message. It becomes the head.</summary>
    public void Add(RoomMessage message)
    {
        // The list may grow a quarter above the capacity, so that it is not shifted at every message.
        if (_tail.Count >= _capacity + (_capacity / 4))
        {
            RemoveOldest(_tail.Count - _capacity);
        }

        _changes++;
        _tail.Add(message);
        _tree.Add(message.Id, message.ParentId ?? 0);
        ChosenHead = null;
        AddLength(message.GetSize());
    }

    public void Replace(RoomMessage message)
    {
        _changes++;
        if (IndexOf(message.Id) is { } index)
        {
            var growth = message.GetSize() - _tail[index].GetSize();
            _tail[index] = message;
            AddLength(growth);
        }
        else if (_older.ContainsKey(message.Id))
        {
            _older[message.Id] = message;
        }
    }

    /// <summary>Marks the earlier replies to the same message as superseded by another reply.</summary>
    public void Supersede(RoomMessage by)
    {
        foreach (var id in _tree.ChildrenOf(by.ReplyTo!.Value))
        {
            if (FindInMemory(id) is { Sender: Sender.Ai } reply)
            {
                Replace(reply with { SupersededBy = by.Id });
            }
        }
    }

    /// <summary>Shows the branch that ends with a message; null for the branch of the newest message.</summary>
    public void ChooseHead(long? head) => ChosenHead = head;

    /// <summary>The newest message among a message and all that follow it.</summary>
    public long NewestDescendantOf(long id) => _tree.NewestDescendantOf(id);

    /// <summary>The path from the first message to a message.</summary>
    public ImmutableArray<IdRange> PathTo(long id) => _tree.PathTo(id);

    /// <summary>The message that a message follows; null for a first message.</summary>
    public long? ParentOf(long id) => _tree.ParentOf(id) is > 0 and var parent ? parent : null;

    public RoomMessage WithParentAndSiblings(RoomMessage message)
    {
        var (parent, siblings) = (ParentOf(message.Id), _tree.SiblingsOf(message.Id));
        return message.ParentId == parent && message.Siblings == siblings
            ? message
            : message with { ParentId = parent, Siblings = siblings };
    }

    /// <summary>How many messages exist beside the one that a request would add.</summary>
    public int CountVersions(TurnRequest request) => _tree.ChildrenOf(request switch
    {
        EditRequest edit => edit.ParentId ?? 0,
        RegenerateRequest regenerate => regenerate.Question.Id,
        _ => Head ?? 0,
    }).Length;

    /// <summary>
    /// The message that a reply answers, and the conversation before it: from where the prompt of an earlier reply began, or as much
    /// as may fit the budget.
    /// </summary>
    public async ValueTask<Question> GetQuestion(RoomMessage reply, int maxTokens)
    {
        var message = await Find(reply.ReplyTo!.Value)
            ?? throw new InvalidOperationException($"Reply {reply.Id} of room {_room.RoomId} answers nothing.");
        var changes = _changes;
        var position = (int)_tree.PathTo(message.Id).Sum(range => range.Count()) - 1;
        long[] ids = [.. _tree.PathTo(message.Id, before: message.Id).Take(MaxContextMessages)];
        var (newestFirst, first, left) = (new List<RoomMessage>(), (int?)null, (long)maxTokens * MaxCharactersPerToken);
        var read = new Dictionary<long, RoomMessage>();
        while (newestFirst.Count < ids.Length && (first is { } known ? position > known : left >= 0))
        {
            var next = newestFirst.Count;
            if ((FindInMemory(ids[next]) ?? read.GetValueOrDefault(ids[next])) is { } earlier)
            {
                newestFirst.Add(earlier);
                position--;
                left -= earlier.Content.Length;

                // What a failed reply left out is not left out for good: it is in no later prompt itself.
                first ??= ConversationContext.IsIncluded(earlier) ? earlier.ContextSkipped : null;
            }
            else if (!await Read(ids.AsMemory(next, Math.Min(ids.Length - next, Math.Min(MessagesPerRead, position - first ?? MessagesPerRead))), read))
            {
                break;
            }
        }

        KeepOlder(newestFirst, changes);
        _contextStart = newestFirst.Count > 0 ? newestFirst[^1].Id : message.Id;
        newestFirst.Reverse();
        return new Question(message, position, [.. newestFirst]);
    }

    public RoomMessage? FindInMemory(long id) => IndexOf(id) is { } index ? _tail[index] : _older.GetValueOrDefault(id);

    /// <summary>Finds a message in memory or in the store.</summary>
    public async ValueTask<RoomMessage?> Find(long id) =>
        FindInMemory(id) ?? (id >= 1 && id < _tree.NextId ? await _store.ReadMessage(_room, id) : null);

    /// <summary>
    /// The newest messages below an id, in the order of their ids. There are fewer than <c>limit</c> when their text
    /// exceeds the size of a page.
    /// </summary>
    public async ValueTask<ImmutableArray<RoomMessage>> GetPage(int limit, long before)
    {
        var end = _tail.FindLastIndex(message => message.Id < before) + 1;
        var start = Math.Max(0, end - limit);
        var isInMemory = end - start == limit || _tail.Count == 0 || _tail[0].Id == 1;
        return isInMemory ? TakePage(_tail[start..end]) : await _store.ReadMessages(_room, before, limit);
    }

    /// <summary>The same of the shown branch.</summary>
    public async ValueTask<ImmutableArray<RoomMessage>> GetBranchPage(int limit, long before)
    {
        ImmutableArray<long> ids = [.. _tree.PathTo(Head ?? 0, before).Take(limit)];
        return ids.All(id => FindInMemory(id) is not null)
            ? TakePage([.. ids.Reverse().Select(id => FindInMemory(id)!)])
            : await _store.ReadMessages(_room, ids, IChatroomGrain.MaxPageLength);
    }

    private static ImmutableArray<RoomMessage> TakePage(List<RoomMessage> messages)
    {
        var (start, left) = (messages.Count, IChatroomGrain.MaxPageLength);
        while (start > 0 && (left -= messages[start - 1].GetSize()) >= 0)
        {
            start--;
        }

        // A single message that exceeds the size is still returned.
        return [.. messages.Skip(Math.Min(start, messages.Count - 1))];
    }

    // False when the first of the messages was not read.
    private async ValueTask<bool> Read(ReadOnlyMemory<long> newestFirst, Dictionary<long, RoomMessage> read)
    {
        foreach (var message in await _store.ReadMessages(_room, [.. newestFirst.Span], MaxTextLength))
        {
            read[message.Id] = message;
        }

        return read.ContainsKey(newestFirst.Span[0]);
    }

    // Keeps the messages for the next turn of this branch. Keeps nothing if a message may have changed while it was read.
    private void KeepOlder(List<RoomMessage> context, int changes)
    {
        var older = context.Where(message => IndexOf(message.Id) is null).ToList();
        if (older.Count == _older.Count && older.TrueForAll(message => _older.ContainsKey(message.Id)))
        {
            return;
        }

        if (changes == _changes)
        {
            var isKept = older.Sum(message => (long)message.GetSize()) <= MaxOlderTextLength;
            _older = isKept ? older.ToDictionary(message => message.Id) : [];
        }
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
        foreach (var message in _tail.Take(count))
        {
            _textLength -= message.GetSize();
            if (message.Id >= _contextStart)
            {
                _older[message.Id] = message;
            }
        }

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
/// <param name="Skipped">How many messages at the beginning of its branch are not in <paramref name="Before"/>.</param>
/// <param name="Before">The messages before it on its branch, in their order.</param>
internal sealed record Question(RoomMessage Message, int Skipped, ImmutableArray<RoomMessage> Before);

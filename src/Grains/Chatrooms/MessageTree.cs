namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// The shape of a room's conversation: which message follows which. It holds only the messages that do not follow the message with
/// the id before theirs, so a room without branches needs no memory. Not thread-safe: one activation owns it.
/// </summary>
/// <remarks>
/// The messages from a branch's first one up to the next branch's first one have consecutive ids, and each follows the one before.
/// So a path is a few ranges of ids. The parent of a first message is 0.
/// </remarks>
internal sealed class MessageTree
{
    private readonly List<long> _starts = [];
    private readonly Dictionary<long, long> _parents = [];
    private readonly Dictionary<long, List<long>> _startsByParent = [];

    /// <summary>Creates the tree of stored messages.</summary>
    /// <param name="branches">The messages of which the store knows the parent, in the order of their ids.</param>
    /// <param name="nextId">The id of the next message.</param>
    public MessageTree(IEnumerable<StoredBranch> branches, long nextId)
    {
        foreach (var branch in branches.Where(branch => branch.Id < nextId))
        {
            AddUpTo(branch.Id);
            var head = DefaultHead;
            Add(branch.Id, branch.ParentId);
            if (branch.IsOfPreviousVersion && ParentOf(head) != branch.ParentId)
            {
                DefaultHead = head;
            }
        }

        AddUpTo(nextId);
    }

    public long NextId { get; private set; } = 1;

    /// <summary>
    /// The message that the next message follows, unless the store is told otherwise; 0 in an empty room. It is the newest message.
    /// Only the previous version regenerated replies to earlier questions without going on from them.
    /// </summary>
    public long DefaultHead { get; private set; }

    /// <summary>Adds the next message.</summary>
    public void Add(long id, long parentId)
    {
        if (parentId != id - 1)
        {
            _starts.Add(id);
            _parents.Add(id, parentId);
            (_startsByParent.TryGetValue(parentId, out var starts) ? starts : _startsByParent[parentId] = []).Add(id);
        }

        (NextId, DefaultHead) = (id + 1, id);
    }

    /// <summary>The message that a message follows; 0 for a first message.</summary>
    public long ParentOf(long id) => _parents.TryGetValue(id, out var parent) ? parent : id - 1;

    /// <summary>The messages that follow a message, in the order of their ids.</summary>
    public ImmutableArray<long> ChildrenOf(long id)
    {
        var starts = _startsByParent.GetValueOrDefault(id);
        return id + 1 < NextId && !_parents.ContainsKey(id + 1) ? [id + 1, .. starts ?? []] : [.. starts ?? []];
    }

    /// <summary>
    /// The messages with the same parent, itself included, in the order of their ids; default when there is no other one.
    /// </summary>
    public ImmutableArray<long> SiblingsOf(long id)
    {
        var parent = ParentOf(id);
        return _startsByParent.ContainsKey(parent) && ChildrenOf(parent) is { Length: > 1 } siblings ? siblings : default;
    }

    /// <summary>The path from the first message to a message, as ranges of ids in the order of the conversation.</summary>
    public ImmutableArray<IdRange> PathTo(long id)
    {
        var ranges = ImmutableArray.CreateBuilder<IdRange>();
        while (id > 0)
        {
            var start = StartOfBranch(id);
            ranges.Add(new IdRange(start, id));
            id = ParentOf(start);
        }

        ranges.Reverse();
        return ranges.DrainToImmutable();
    }

    /// <summary>The messages of the path to a message that have an id below another one, newest first.</summary>
    public IEnumerable<long> PathTo(long id, long before)
    {
        while (id > 0)
        {
            var start = StartOfBranch(id);
            for (var next = Math.Min(id, before - 1); next >= start; next--)
            {
                yield return next;
            }

            id = ParentOf(start);
        }
    }

    /// <summary>The newest message among a message and all that follow it. Nothing follows it, because ids count up.</summary>
    public long NewestDescendantOf(long id)
    {
        var next = NextBranch(id);
        List<IdRange> found = [new(id, EndOfBranch(next))];
        for (; next < _starts.Count; next++)
        {
            if (Contains(found, _parents[_starts[next]]))
            {
                found.Add(new IdRange(_starts[next], EndOfBranch(next + 1)));
            }
        }

        return found[^1].Last;
    }

    // Adds messages of which the store does not know the parent: each follows the one before.
    private void AddUpTo(long nextId)
    {
        if (NextId < nextId)
        {
            Add(NextId, DefaultHead);
            (NextId, DefaultHead) = (nextId, nextId - 1);
        }
    }

    private long StartOfBranch(long id) => NextBranch(id) is > 0 and var next ? _starts[next - 1] : 1;

    private long EndOfBranch(int next) => next < _starts.Count ? _starts[next] - 1 : NextId - 1;

    // The index of the first branch that starts after a message.
    private int NextBranch(long id)
    {
        var index = _starts.BinarySearch(id);
        return index < 0 ? ~index : index + 1;
    }

    private static bool Contains(List<IdRange> ranges, long id)
    {
        var (low, high) = (0, ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = ranges[middle].Last < id ? (middle + 1, high) : (low, middle);
        }

        return low < ranges.Count && ranges[low].First <= id;
    }
}

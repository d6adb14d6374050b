namespace GeminiChat.Grains.Users;

/// <summary>A user's rooms in memory. Not thread-safe: it belongs to one activation.</summary>
internal sealed class RoomDirectory(TimeProvider time)
{
    private static readonly TimeSpan ReservationLifetime = TimeSpan.FromMinutes(1);

    // Far more than can have news under way. What comes later still is found out by the next check.
    private const int MaxTombstones = 1000;

    private readonly Dictionary<Guid, RoomSummary> _rooms = [];
    private readonly HashSet<Guid> _tombstones = [];
    private readonly Queue<Guid> _tombstonesInOrder = [];
    private readonly Dictionary<Guid, DateTimeOffset> _reservedUntil = [];
    private RoomList? _list;

    /// <summary>Newest activity first; the same instance until something changes.</summary>
    public RoomList List() => _list ??= new RoomList(
        [.. _rooms.Values.OrderByDescending(room => room.UpdatedAt).ThenByDescending(room => room.Id)]);

    /// <summary>The rooms known at this moment.</summary>
    public ImmutableArray<Guid> Ids() => [.. _rooms.Keys];

    /// <summary>Whether this says anything that was not known of the room; of a deleted one there is no news.</summary>
    public bool IsChange(RoomSummary room) => MergeChange(room) is not null;

    /// <summary>Takes what is news of each room.</summary>
    public void Merge(IEnumerable<RoomSummary> rooms)
    {
        foreach (var room in rooms)
        {
            if (MergeChange(room) is { } latest)
            {
                _rooms[room.Id] = latest;
                _reservedUntil.Remove(room.Id);
                _list = null;
            }
        }
    }

    /// <summary>The room with its news; null when there is none.</summary>
    private RoomSummary? MergeChange(RoomSummary room)
    {
        var known = _rooms.GetValueOrDefault(room.Id);
        var latest = known?.Merge(room) ?? room;
        return latest != known && !_tombstones.Contains(room.Id) ? latest : null;
    }

    /// <summary>Takes the store's word for all rooms.</summary>
    /// <param name="before">The rooms that were known before the store was asked; of these, those it lacks are gone.</param>
    /// <param name="stored">The store's rooms.</param>
    /// <returns>Those that are gone.</returns>
    public ImmutableArray<Guid> Reconcile(ImmutableArray<Guid> before, ImmutableArray<RoomSummary> stored)
    {
        ImmutableArray<Guid> gone = [.. before.Except(stored.Select(room => room.Id)).Where(Remove)];
        Merge(stored);
        return gone;
    }

    /// <summary>A room is gone for good: late news of it counts for nothing.</summary>
    /// <returns>Whether it was known.</returns>
    public bool Remove(Guid roomId)
    {
        var wasKnown = _rooms.Remove(roomId);
        _reservedUntil.Remove(roomId);
        _list = null;
        if (_tombstones.Add(roomId))
        {
            _tombstonesInOrder.Enqueue(roomId);
        }

        if (_tombstonesInOrder.Count > MaxTombstones)
        {
            _tombstones.Remove(_tombstonesInOrder.Dequeue());
        }

        return wasKnown;
    }

    /// <summary>Keeps a place for a room that is about to be created.</summary>
    /// <returns>False when the user has as many rooms as one may have, the reserved places counted.</returns>
    public bool Reserve(Guid roomId)
    {
        var now = time.GetUtcNow();
        foreach (var (id, until) in _reservedUntil.ToArray())
        {
            if (until <= now)
            {
                _reservedUntil.Remove(id);
            }
        }

        if (_rooms.ContainsKey(roomId) || _reservedUntil.ContainsKey(roomId))
        {
            return true;
        }

        var hasPlace = _rooms.Count + _reservedUntil.Count < IUserGrain.MaxRooms;
        if (hasPlace)
        {
            _reservedUntil.Add(roomId, now + ReservationLifetime);
        }

        return hasPlace;
    }
}

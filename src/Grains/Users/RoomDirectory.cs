namespace GeminiChat.Grains.Users;

/// <summary>The list of a user's rooms in memory. Not thread-safe: one activation owns it.</summary>
internal sealed class RoomDirectory(TimeProvider time)
{
    private static readonly TimeSpan ReservationLifetime = TimeSpan.FromMinutes(1);

    // Far more than the number of rooms that can have late changes. The next check removes a room that a later change
    // adds again.
    private const int MaxTombstones = 1000;

    private readonly Dictionary<Guid, RoomSummary> _rooms = [];
    private readonly HashSet<Guid> _tombstones = [];
    private readonly Queue<Guid> _tombstonesInOrder = [];
    private readonly Dictionary<Guid, DateTimeOffset> _reservedUntil = [];
    private RoomList? _list;

    /// <summary>Pinned rooms first, then the newest activity first; the same instance until something changes.</summary>
    public RoomList List() => _list ??= new RoomList(
    [
        .. _rooms.Values.OrderByDescending(room => room.IsPinned).ThenByDescending(room => room.UpdatedAt).ThenByDescending(room => room.Id),
    ]);

    /// <summary>The rooms known at this moment.</summary>
    public ImmutableArray<Guid> Ids() => [.. _rooms.Keys];

    /// <summary>Whether a summary contains anything new about its room. A deleted room never changes.</summary>
    public bool IsChange(RoomSummary room) => MergeChange(room) is not null;

    /// <summary>Whether a room is known to be deleted.</summary>
    public bool IsDeleted(Guid roomId) => _tombstones.Contains(roomId);

    /// <summary>Merges the new information about each room.</summary>
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

    /// <summary>The merged summary; null when it contains nothing new.</summary>
    private RoomSummary? MergeChange(RoomSummary room)
    {
        var known = _rooms.GetValueOrDefault(room.Id);
        var latest = known?.Merge(room) ?? room;
        return latest != known && !IsDeleted(room.Id) ? latest : null;
    }

    /// <summary>Makes the list equal to the rooms in the store.</summary>
    /// <param name="before">
    /// The rooms that were known before the store was read. Those that the store does not have are removed.
    /// </param>
    /// <param name="stored">The rooms in the store.</param>
    /// <returns>The removed rooms that are not temporary.</returns>
    public ImmutableArray<Guid> Reconcile(ImmutableArray<Guid> before, ImmutableArray<RoomSummary> stored)
    {
        ImmutableArray<Guid> gone = [.. before.Except(stored.Select(room => room.Id)).Where(Remove)];
        Merge(stored);
        return gone;
    }

    /// <summary>Removes a deleted room. Later changes of it are ignored.</summary>
    /// <returns>Whether the room was known and is not temporary.</returns>
    public bool Remove(Guid roomId)
    {
        _rooms.Remove(roomId, out var room);
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

        return room is { IsTemporary: false };
    }

    /// <summary>Reserves a place for a room that is about to be created.</summary>
    /// <returns>False when the user has the maximum number of rooms, including reserved places.</returns>
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

using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Grains.Users;

/// <summary>A user's rooms in memory. Not thread-safe: it belongs to one activation.</summary>
internal sealed class RoomDirectory(TimeProvider time)
{
    private static readonly TimeSpan ReservationTime = TimeSpan.FromMinutes(1);

    private readonly Dictionary<Guid, RoomSummary> _rooms = [];
    private readonly Dictionary<Guid, DateTimeOffset> _reservedUntil = [];
    private RoomList? _list;

    /// <summary>Newest activity first; the same instance until something changes.</summary>
    public RoomList List() => _list ??= new RoomList(
        [.. _rooms.Values.OrderByDescending(room => room.UpdatedAt).ThenByDescending(room => room.Id)]);

    /// <summary>Whether the room was not known, or not in this version.</summary>
    public bool IsNews(RoomSummary room) => !_rooms.TryGetValue(room.Id, out var known) || known.Version < room.Version;

    /// <summary>Takes each room's newer version.</summary>
    public void Merge(IEnumerable<RoomSummary> rooms)
    {
        foreach (var room in rooms)
        {
            if (IsNews(room))
            {
                _rooms[room.Id] = room;
                _reservedUntil.Remove(room.Id);
                _list = null;
            }
        }
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
            _reservedUntil.Add(roomId, now + ReservationTime);
        }

        return hasPlace;
    }
}

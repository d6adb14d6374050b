namespace GeminiChat.Grains.Users;

/// <summary>
/// Turns that were admitted, and of which it is not known yet whether they are stored; one batch a room. Not thread-safe:
/// it belongs to one activation.
/// </summary>
internal sealed class TurnsOnTheWay(TimeProvider time)
{
    // Longer than the store takes to store something or give up. A room that ended in between tells nothing.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Dictionary<Guid, (int Turns, DateTimeOffset Since)> _rooms = [];

    /// <summary>How many have been stored so far.</summary>
    public int HaveArrived { get; private set; }

    /// <summary>A batch; the room's last one is settled one way or the other when there is a next one.</summary>
    public void Add(Guid roomId, int turns) => _rooms[roomId] = (turns, time.GetUtcNow());

    /// <summary>A room's batch is stored.</summary>
    public void Arrived(Guid roomId) => HaveArrived += Remove(roomId);

    /// <summary>Forgets a room's batch.</summary>
    /// <returns>How many turns it had.</returns>
    public int Remove(Guid roomId) => _rooms.Remove(roomId, out var batch) ? batch.Turns : 0;

    public void Clear() => _rooms.Clear();

    /// <summary>How many there are, without those that have been for too long.</summary>
    public int Count()
    {
        var now = time.GetUtcNow();
        foreach (var (roomId, batch) in _rooms)
        {
            if (now - batch.Since >= Longest)
            {
                _rooms.Remove(roomId);
            }
        }

        return _rooms.Values.Sum(batch => batch.Turns);
    }
}

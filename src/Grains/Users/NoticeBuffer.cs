using System.Security.Cryptography;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Grains.Users;

/// <summary>
/// The latest notices of a user who is followed, numbered. Not thread-safe: it belongs to one activation.
/// </summary>
/// <remarks>
/// Notices come down a stream that may lose some. Each change of a room is also told by a call that arrives for sure;
/// when its notice does not arrive soon after, the readers are told to reload.
/// </remarks>
internal sealed class NoticeBuffer(TimeProvider time)
{
    private const int MostKept = 512;

    // The last version that a room can have.
    private const long Deleted = long.MaxValue;

    // A device that lost its connection comes back within this time and reads on.
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    // Many times as long as the stream takes.
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(2);

    private readonly int _epoch = RandomNumberGenerator.GetInt32(int.MaxValue);
    private readonly Queue<Notice> _latest = new();
    private readonly Dictionary<Guid, long> _told = [];
    private readonly Dictionary<Guid, (long Version, DateTimeOffset Since)> _expected = [];
    private long _last;
    private int _readers;
    private DateTimeOffset _readAt = time.GetUtcNow();

    /// <summary>Another notice has come.</summary>
    public Signal News { get; } = new();

    /// <summary>Where somebody begins who has read nothing yet.</summary>
    public NoticeCursor End => new(_epoch, _last);

    /// <summary>Whether nobody reads, and nobody may come back to read on.</summary>
    public bool IsAbandoned => _readers == 0 && time.GetUtcNow() - _readAt >= KeptFor;

    public void Enter() => _readers++;

    public void Leave()
    {
        _readers--;
        _readAt = time.GetUtcNow();
    }

    /// <summary>A change that a notice will tell of.</summary>
    public void Expect(RoomSummary room) => Expect(room.Id, room.Version);

    /// <summary>The end of a room, which a notice will tell of.</summary>
    public void ExpectDeletion(Guid roomId) => Expect(roomId, Deleted);

    private void Expect(Guid roomId, long version)
    {
        if (_told.GetValueOrDefault(roomId) < version)
        {
            _expected[roomId] = (version, time.GetUtcNow());
        }
    }

    public void Add(Notice notice)
    {
        if (Change(notice) is var (room, version))
        {
            _told[room] = Math.Max(version, _told.GetValueOrDefault(room));
            if (_expected.TryGetValue(room, out var expected) && expected.Version <= version)
            {
                _expected.Remove(room);
            }
        }

        if (_latest.Count == MostKept)
        {
            _latest.Dequeue();
        }

        _latest.Enqueue(notice);
        _last++;
        News.Pulse();
    }

    /// <summary>What lies beyond a cursor; null when there is nothing.</summary>
    public NoticePage? Read(NoticeCursor from)
    {
        LookForLosses();
        var count = _last - from.Number;
        return from.Epoch != _epoch || count < 0 || count > _latest.Count ? new NoticePage(End, [new Notice.Reload()])
            : count == 0 ? null
            : new NoticePage(End, [.. _latest.Skip(_latest.Count - (int)count)]);
    }

    private void LookForLosses()
    {
        var now = time.GetUtcNow();
        if (_expected.Values.Any(change => now - change.Since >= LostAfter))
        {
            _expected.Clear();
            Add(new Notice.Reload());
        }
    }

    private static (Guid Room, long Version)? Change(Notice notice) => notice switch
    {
        Notice.RoomCreated created => (created.Room.Id, created.Room.Version),
        Notice.RoomRenamed renamed => (renamed.Room.Id, renamed.Room.Version),
        Notice.RoomDeleted deleted => (deleted.RoomId, Deleted),
        Notice.ReplyQueued queued => (queued.RoomId, queued.Version),
        Notice.ReplyFinished finished => (finished.RoomId, finished.Version),
        _ => null,
    };
}

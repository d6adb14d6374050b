using System.Security.Cryptography;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Grains.Users;

/// <summary>
/// The latest notices of a user whose notices are followed, numbered. Not thread-safe: one activation owns it.
/// </summary>
/// <remarks>
/// Notices arrive on a stream that may lose some. Each change of a room is also reported by a reliable call. If the
/// notice does not arrive soon after that call, the readers are told to reload.
/// </remarks>
internal sealed class NoticeBuffer(TimeProvider time)
{
    private const int Capacity = 512;

    // The highest version. No room reaches it, so it marks a deleted room.
    private const long Deleted = long.MaxValue;

    // A device that lost its connection reconnects within this time and continues reading.
    private static readonly TimeSpan Retention = TimeSpan.FromMinutes(1);

    // Much longer than the stream needs for a delivery.
    private static readonly TimeSpan LossTimeout = TimeSpan.FromSeconds(2);

    private readonly int _epoch = RandomNumberGenerator.GetInt32(int.MaxValue);
    private readonly Queue<Notice> _latest = new();
    private readonly Dictionary<Guid, long> _noticedVersions = [];
    private readonly Dictionary<Guid, (long Version, DateTimeOffset Since)> _expectedVersions = [];
    private long _lastNumber;
    private int _readers;
    private DateTimeOffset _lastReadAt = time.GetUtcNow();

    /// <summary>Wakes the readers when a notice arrives.</summary>
    public AsyncConditionVariable Updated { get; } = new();

    /// <summary>The cursor of a reader that has read nothing yet.</summary>
    public NoticeCursor EndCursor => new(_epoch, _lastNumber);

    /// <summary>Whether no reader is connected and the time for a reconnect is over.</summary>
    public bool IsIdle => _readers == 0 && time.GetUtcNow() - _lastReadAt >= Retention;

    public void AddReader() => _readers++;

    public void RemoveReader()
    {
        _readers--;
        _lastReadAt = time.GetUtcNow();
    }

    /// <summary>Expects the notice of a change.</summary>
    public void Expect(RoomSummary room) => Expect(room.Id, room.Version);

    /// <summary>Expects the notice of a room's deletion.</summary>
    public void ExpectDeletion(Guid roomId) => Expect(roomId, Deleted);

    private void Expect(Guid roomId, long version)
    {
        if (_noticedVersions.GetValueOrDefault(roomId) < version)
        {
            _expectedVersions[roomId] = (version, time.GetUtcNow());
        }
    }

    public void Add(Notice notice)
    {
        if (GetChange(notice) is var (room, version))
        {
            _noticedVersions[room] = Math.Max(version, _noticedVersions.GetValueOrDefault(room));
            if (_expectedVersions.TryGetValue(room, out var expected) && expected.Version <= version)
            {
                _expectedVersions.Remove(room);
            }
        }

        if (_latest.Count == Capacity)
        {
            _latest.Dequeue();
        }

        _latest.Enqueue(notice);
        _lastNumber++;
        Updated.NotifyAll();
    }

    /// <summary>Reads the notices after a cursor; null when there are none.</summary>
    public NoticePage? Read(NoticeCursor from)
    {
        DetectLostNotices();
        var count = _lastNumber - from.Number;
        return from.Epoch != _epoch || count < 0 || count > _latest.Count ? new NoticePage(EndCursor, [new Notice.Reload()])
            : count == 0 ? null
            : new NoticePage(EndCursor, [.. _latest.Skip(_latest.Count - (int)count)]);
    }

    private void DetectLostNotices()
    {
        var now = time.GetUtcNow();
        if (_expectedVersions.Values.Any(change => now - change.Since >= LossTimeout))
        {
            _expectedVersions.Clear();
            Add(new Notice.Reload());
        }
    }

    private static (Guid Room, long Version)? GetChange(Notice notice) => notice switch
    {
        Notice.RoomCreated created => (created.Room.Id, created.Room.Version),
        Notice.RoomRenamed renamed => (renamed.Room.Id, renamed.Room.Version),
        Notice.RoomDeleted deleted => (deleted.RoomId, Deleted),
        Notice.ReplyQueued queued => (queued.RoomId, queued.Version),
        Notice.ReplyFinished finished => (finished.RoomId, finished.Version),
        _ => null,
    };
}

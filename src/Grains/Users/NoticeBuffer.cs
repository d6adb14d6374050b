using System.Security.Cryptography;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Grains.Users;

/// <summary>
/// The latest notices of a user whose notices are followed, numbered. Not thread-safe: one activation owns it.
/// </summary>
internal sealed class NoticeBuffer(TimeProvider time)
{
    private const int Capacity = 512;

    // A device that lost its connection reconnects within this time and continues reading.
    private static readonly TimeSpan Retention = TimeSpan.FromMinutes(1);

    private readonly int _epoch = RandomNumberGenerator.GetInt32(int.MaxValue);
    private readonly Queue<Notice> _latest = new();
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

    public void Add(Notice notice)
    {
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
        var count = _lastNumber - from.Number;
        return from.Epoch != _epoch || count < 0 || count > _latest.Count ? new NoticePage(EndCursor, [new Notice.Reload()])
            : count == 0 ? null
            : new NoticePage(EndCursor, [.. _latest.Skip(_latest.Count - (int)count)]);
    }
}

namespace GeminiChat.Grains.Users;

internal sealed partial class UserGrain
{
    // A poll keeps an activation from migrating to another silo. Without any wait, the reader would poll again at once.
    private static readonly TimeSpan StoppingLongPollTimeout = TimeSpan.FromSeconds(1);

    private NoticeBuffer? _buffer;

    public async Task<NoticePage?> FollowNotices(NoticeCursor? from, CancellationToken cancellationToken)
    {
        DeactivateIfAbsent();

        // The profile is refreshed with each call, because a tier can also end by time alone.
        if (RefreshProfile() is null)
        {
            return null;
        }

        var buffer = Buffer() ?? (_buffer = new NoticeBuffer(time));
        buffer.AddReader();
        try
        {
            return from is { } cursor ? await Read(buffer, cursor, cancellationToken) : new NoticePage(buffer.EndCursor, []);
        }
        finally
        {
            buffer.RemoveReader();
        }
    }

    private async Task<NoticePage?> Read(NoticeBuffer buffer, NoticeCursor from, CancellationToken cancellationToken)
    {
        var isStopping = shutdown.Stopping.IsCancellationRequested;
        var longest = isStopping ? StoppingLongPollTimeout : IUserGrain.LongPollTimeout;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken, isStopping ? CancellationToken.None : shutdown.Stopping);
        var began = time.GetTimestamp();
        while (_profile is not null)
        {
            if (buffer.Read(from) is { } page)
            {
                return page;
            }

            var left = longest - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || end.IsCancellationRequested)
            {
                return new NoticePage(from, []);
            }

            await buffer.Updated.WaitAsync(left, time, end.Token);
        }

        return null;
    }

    /// <summary>Adds the notices of a room.</summary>
    private void Notify(RoomSummary room, ImmutableArray<Notice> notices)
    {
        // The notice of a change is missing when the room's activation was lost before it sent it, or when the room's silo
        // runs the previous version.
        if (notices.All(notice => notice is Notice.ReplyGenerating) && _rooms.IsChange(room))
        {
            Notify(new Notice.Reload());
        }

        foreach (var notice in notices)
        {
            Notify(notice);
        }
    }

    /// <summary>Adds a notice for the user's devices, if any device follows.</summary>
    private void Notify(Notice notice) => Buffer()?.Add(notice);

    /// <summary>The buffer of notices while a reader may need it. The buffer of an idle user is dropped.</summary>
    private NoticeBuffer? Buffer()
    {
        if (_buffer is { IsIdle: true })
        {
            _buffer = null;
        }

        return _buffer;
    }
}

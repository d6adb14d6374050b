using Orleans.Streams;
using Orleans.Streams.Core;

namespace GeminiChat.Grains.Users;

/// <summary>The part about notices.</summary>
[ImplicitStreamSubscription(UserNoticeStream.Namespace)]
internal sealed partial class UserGrain : IStreamSubscriptionObserver
{
    // A poll keeps an activation from moving on to another silo, and would be back at once if it did not wait at all.
    private static readonly TimeSpan StoppingLongPollTimeout = TimeSpan.FromSeconds(1);

    private NoticeBuffer? _buffer;

    /// <summary>The user's stream has its first notice for this activation.</summary>
    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) =>
        handleFactory.Create<Notice>().ResumeAsync((notice, _) =>
        {
            Notify(notice);
            return Task.CompletedTask;
        });

    public Task<bool> HasFollowers() => Task.FromResult(Buffer() is not null);

    public async Task<NoticePage?> FollowNotices(NoticeCursor? from, CancellationToken cancellationToken)
    {
        DeactivateIfAbsent();

        // Looked at with each call: a tier can also end by the clock alone.
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
        var isLeaving = shutdown.Stopping.IsCancellationRequested;
        var longest = isLeaving ? StoppingLongPollTimeout : IUserGrain.LongPollTimeout;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken, isLeaving ? CancellationToken.None : shutdown.Stopping);
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

            await buffer.Updated.Next.WaitAsync(left, time, end.Token).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        return null;
    }

    /// <summary>Tells the user's devices, if there are any.</summary>
    private void Notify(Notice notice) => Buffer()?.Add(notice);

    /// <summary>The notices, while somebody may want them. Those of idle users are forgotten.</summary>
    private NoticeBuffer? Buffer()
    {
        if (_buffer is { IsIdle: true })
        {
            _buffer = null;
        }

        return _buffer;
    }
}

using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Tests.Fakes;

/// <summary>Notices that the test gives.</summary>
internal sealed class FakeNotices
{
    private readonly Lock _gate = new();
    private readonly List<Notice> _all = [];
    private TaskCompletionSource _news = NewSignal();

    public InjectedOutages Outages { get; } = new();

    /// <summary>Tells one numbering from another.</summary>
    public int Epoch { get; set; } = 7;

    /// <summary>Set when a reader waits for what comes after the last notice.</summary>
    public TaskCompletionSource Followed { get; private set; } = NewSignal();

    /// <summary>Set when a reader gives up waiting.</summary>
    public TaskCompletionSource Left { get; } = NewSignal();

    public void Tell(params Notice[] notices)
    {
        lock (_gate)
        {
            _all.AddRange(notices);
            var news = _news;
            _news = NewSignal();
            Followed = NewSignal();
            news.SetResult();
        }
    }

    public async Task<NoticePage?> Follow(NoticeCursor? from, CancellationToken cancellationToken)
    {
        Outages.Call();
        while (true)
        {
            Task news;
            lock (_gate)
            {
                var end = new NoticeCursor(Epoch, _all.Count);
                if (from is not { } cursor)
                {
                    return new NoticePage(end, []);
                }

                if (cursor.Epoch != Epoch)
                {
                    return new NoticePage(end, [new Notice.Reload()]);
                }

                if (cursor.Number < end.Number)
                {
                    return new NoticePage(end, [.. _all.Skip((int)cursor.Number)]);
                }

                news = _news.Task;
                Followed.TrySetResult();
            }

            await WaitAsync(news, cancellationToken);
        }
    }

    private async Task WaitAsync(Task news, CancellationToken cancellationToken)
    {
        try
        {
            await news.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Left.TrySetResult();
            throw;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Grains.Tests.Users;

/// <summary>A device that follows its user's notices.</summary>
internal sealed class NoticeReader(IUserGrain user)
{
    private readonly Queue<Notice> _read = new();

    public NoticeCursor Cursor { get; private set; }

    /// <summary>Begins at this moment, or where somebody else was.</summary>
    public static async Task<NoticeReader> Start(IUserGrain user, NoticeCursor? from = null) =>
        new(user) { Cursor = from ?? (await user.FollowNotices(null, CancellationToken.None))!.Next };

    public async Task<Notice> Next()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline.Timeout);
        while (_read.Count == 0)
        {
            deadline.Token.ThrowIfCancellationRequested();
            var page = (await user.FollowNotices(Cursor, deadline.Token))!;
            Cursor = page.Next;
            page.Notices.ToList().ForEach(_read.Enqueue);
        }

        return _read.Dequeue();
    }

    public async Task<IReadOnlyList<Notice>> Next(int count)
    {
        var notices = new List<Notice>();
        while (notices.Count < count)
        {
            notices.Add(await Next());
        }

        return notices;
    }

    public async Task<TNotice> Expect<TNotice>()
        where TNotice : Notice => Assert.IsType<TNotice>(await Next());
}

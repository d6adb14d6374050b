using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Tests.Fakes;

/// <summary>A room whose model is the test: it says, restarts and ends replies.</summary>
internal sealed class FakeChatroomGrain(Guid id) : IChatroomGrain
{
    private readonly Lock _gate = new();
    private readonly List<RoomMessage> _messages = [];
    private TaskCompletionSource _news = NewSignal();
    private NewRoom? _made;
    private int _reads;

    public InjectedOutages Outages { get; } = new();

    public List<NewMessage> Posts { get; } = [];

    /// <summary>What a post answers in place of accepting.</summary>
    public PostOutcome? Refusal { get; set; }

    /// <summary>What a regenerate answers.</summary>
    public PostOutcome? RegenerateRefusal { get; set; }

    public CreateRoomOutcome? CreateRefusal { get; set; }

    /// <summary>How many messages a page has at most, whatever is asked for.</summary>
    public int LongestPage { get; set; } = int.MaxValue;

    public bool IsAbsent { get; set; }

    /// <summary>Called at each read of a page, with how many there were since it was set.</summary>
    public Action<int>? OnRead
    {
        get;
        set => (field, _reads) = (value, 0);
    }

    /// <summary>Set when a reader asks for text.</summary>
    public TaskCompletionSource Followed { get; } = NewSignal();

    /// <summary>Set when a reader gives up waiting.</summary>
    public TaskCompletionSource Left { get; } = NewSignal();

    public RoomMessage Reply => _messages[^1];

    private RoomSummary Summary => new(id, _made?.Name ?? "Room", FakeUserGrain.Born, FakeUserGrain.Born, 3);

    /// <summary>A question and its reply.</summary>
    public RoomMessage Ask(string question = "Hi", MessageStatus status = MessageStatus.Generating, int attempt = 1)
    {
        lock (_gate)
        {
            var next = _messages.Count + 1;
            _messages.Add(new RoomMessage(next, Sender.User, question, FakeUserGrain.Born, MessageStatus.Completed));
            _messages.Add(new RoomMessage(next + 1, Sender.Ai, "", FakeUserGrain.Born, status, next, Attempt: attempt));
            return Reply;
        }
    }

    public void Say(string text) => Change(reply => reply with { Content = reply.Content + text });

    public void Restart() => Change(reply => reply with { Attempt = reply.Attempt + 1, Content = "" });

    /// <summary>Another reply takes the last one's place.</summary>
    public void Supersede(string text)
    {
        var old = Reply;
        _messages[^1] = old with { SupersededBy = old.Id + 1 };
        _messages.Add(old with { Id = old.Id + 1, Content = text });
    }

    /// <summary>Another finished reply to a question, in the place of those that there are.</summary>
    public void SupersedeReplyTo(long question, string text)
    {
        var newest = _messages.Count + 1;
        for (var i = 0; i < _messages.Count; i++)
        {
            _messages[i] = _messages[i].ReplyTo == question ? _messages[i] with { SupersededBy = newest } : _messages[i];
        }

        _messages.Add(new RoomMessage(newest, Sender.Ai, text, FakeUserGrain.Born, MessageStatus.Completed, question, Attempt: 1));
    }

    public void End(MessageStatus status, string? reason = null) => Change(reply => reply with { Status = status, Reason = reason });

    public void Forget()
    {
        IsAbsent = true;
        Change(reply => reply);
    }

    public Task<CreateRoomOutcome> Create(NewRoom room)
    {
        Outages.Call();
        _made ??= room;
        return Task.FromResult(CreateRefusal
            ?? (_made == room ? new CreateRoomOutcome.Created(Summary) : new CreateRoomOutcome.AlreadyExists()));
    }

    public Task<RoomView?> Read(int limit, long? before)
    {
        Outages.Call();
        OnRead?.Invoke(++_reads);
        var older = _messages.Where(message => before is null || message.Id < before).ToList();
        var page = older.TakeLast(Math.Min(limit, LongestPage)).ToImmutableArray();
        return Task.FromResult(IsAbsent ? null : new RoomView(Summary, page, older.Count > page.Length));
    }

    public Task<RoomMessage?> ReadMessage(long messageId)
    {
        Outages.Call();
        return Task.FromResult(IsAbsent ? null : _messages.Find(message => message.Id == messageId));
    }

    public Task<PostOutcome> Post(NewMessage message)
    {
        Posts.Add(message);
        Outages.Call();
        if (Refusal is not null)
        {
            return Task.FromResult(Refusal);
        }

        var reply = Ask(message.Content);
        return Task.FromResult<PostOutcome>(new PostOutcome.Accepted(_messages[^2], reply, 0));
    }

    public Task<PostOutcome> Regenerate(long replyId, string key) =>
        RegenerateRefusal is { } refusal ? Task.FromResult(refusal) : throw new NotSupportedException();

    public async Task<ReplyProgress?> Follow(long replyId, ReplyCursor from, CancellationToken cancellationToken)
    {
        Outages.Call();
        while (true)
        {
            Task news;
            lock (_gate)
            {
                if (IsAbsent || _messages.Find(message => message.Id == replyId) is not { } reply)
                {
                    return null;
                }

                if (Progress(reply, from) is { } progress)
                {
                    return progress;
                }

                news = _news.Task;
            }

            Followed.TrySetResult();
            await WaitAsync(news, cancellationToken);
        }
    }

    public Task<RoomMessage?> Stop(long replyId)
    {
        Outages.Call();
        if (!IsAbsent && Reply.Id == replyId && Reply.Status.IsPending())
        {
            End(MessageStatus.Stopped);
        }

        return Task.FromResult(IsAbsent ? null : _messages.Find(message => message.Id == replyId));
    }

    public Task<UpdateRoomOutcome> Update(RoomPatch patch) => throw new NotSupportedException();

    public Task<bool> Delete() => throw new NotSupportedException();

    public Task Wake() => throw new NotSupportedException();

    private static ReplyProgress? Progress(RoomMessage reply, ReplyCursor from)
    {
        var reset = from.Attempt != reply.Attempt || from.Offset > reply.Content.Length;
        var text = reset ? reply.Content : reply.Content[from.Offset..];
        var end = reply.Status.IsPending() ? null : reply;
        return reset || text.Length > 0 || end is not null
            ? new ReplyProgress(new ReplyCursor(reply.Attempt, reply.Content.Length), reset, text, end)
            : null;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

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

    private void Change(Func<RoomMessage, RoomMessage> change)
    {
        lock (_gate)
        {
            _messages[^1] = change(Reply);
            var news = _news;
            _news = NewSignal();
            news.SetResult();
        }
    }
}

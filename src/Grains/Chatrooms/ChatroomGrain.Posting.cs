namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Posting: a post, an edit or a regenerate waits for the next commit. One commit runs at a time. Requests that arrive
/// meanwhile share the next commit.
/// </summary>
internal sealed partial class ChatroomGrain
{
    // Each of them lists all others.
    private const int MaxVersions = 200;

    // Held while turns are accepted or the head is chosen: a turn follows the head at the time of its acceptance.
    private readonly SemaphoreSlim _commitLock = new(1, 1);
    private readonly Dictionary<string, (TurnRequest Request, Task<PostOutcome> Outcome)> _inFlight = [];
    private List<UncommittedTurnRequest> _waiting = [];
    private int _committing;

    public async Task<PostOutcome> Post(NewMessage message)
    {
        DeactivateIfAbsent();
        if (_room is not { } room)
        {
            return new PostOutcome.RoomAbsent();
        }

        ThrowIfStale();
        var request = new PostRequest(message.Content, message.IdempotencyKey, message.Options) { Files = FilesOf(message) };
        return await UnlessDeleted(Accept(room, request)) ?? new PostOutcome.RoomAbsent();
    }

    public async Task<PostOutcome> Edit(long messageId, NewMessage message)
    {
        DeactivateIfAbsent();
        if (_room is not { } room)
        {
            return new PostOutcome.RoomAbsent();
        }

        ThrowIfStale();
        if (await Find(room, messageId) is not { Sender: Sender.User })
        {
            return new PostOutcome.MessageAbsent();
        }

        var request = new EditRequest(
            messageId, room.Conversation.ParentOf(messageId), message.Content, message.IdempotencyKey, message.Options)
        {
            Files = FilesOf(message),
        };
        return await UnlessDeleted(Accept(room, request)) ?? new PostOutcome.RoomAbsent();
    }

    public async Task<PostOutcome> Regenerate(long replyId, string idempotencyKey, ReplyOptions? options = null)
    {
        DeactivateIfAbsent();
        if (_room is not { } room)
        {
            return new PostOutcome.RoomAbsent();
        }

        ThrowIfStale();
        if (await Find(room, replyId) is not { ReplyTo: { } questionId }
            || await room.Conversation.Find(questionId) is not { } question)
        {
            return new PostOutcome.ReplyAbsent();
        }

        var request = new RegenerateRequest(replyId, question, idempotencyKey, options);
        return await UnlessDeleted(Accept(room, request)) ?? new PostOutcome.RoomAbsent();
    }

    /// <summary>
    /// Accepts a request. If equal requests with one key arrive, the first is accepted and the others get its outcome.
    /// </summary>
    private async Task<PostOutcome> Accept(Room room, TurnRequest request)
    {
        while (_inFlight.TryGetValue(request.IdempotencyKey, out var first))
        {
            if (first.Request == request)
            {
                return await first.Outcome;
            }

            // Two different requests have the same key. The outcome of the first request shows which of them the key
            // belongs to.
            await first.Outcome.SuppressThrowing();
        }

        // This call runs synchronously up to its first wait, so the key is in the map before another call runs.
        var outcome = AcceptOnce(room, request);
        _inFlight.Add(request.IdempotencyKey, (request, outcome));
        try
        {
            return await outcome;
        }
        finally
        {
            _inFlight.Remove(request.IdempotencyKey);
        }
    }

    private async Task<PostOutcome> AcceptOnce(Room room, TurnRequest request)
    {
        var (options, unavailable) = await _optionsResolver.Resolve(request.Options, room.Row.Options);
        var refusal = unavailable is null ? Refusal(room, request) : new PostOutcome.OptionsRefused(unavailable);
        if (refusal is not null)
        {
            // A repeat of an accepted request is never refused.
            return await FindRepeat(room, request) ?? refusal;
        }

        var attachments = await FindAttachments(room, request);
        if (attachments is { IsDefault: false, IsEmpty: true })
        {
            return await FindRepeat(room, request) ?? new PostOutcome.FileAbsent();
        }

        if (_optionsResolver.FindRefusal(options, attachments) is { } unsupported)
        {
            return await FindRepeat(room, request) ?? new PostOutcome.OptionsRefused(unsupported);
        }

        var pending = new UncommittedTurnRequest(request, options) { Attachments = attachments };
        _waiting.Add(pending);
        CommitWaiting(room);
        return await pending.Outcome;
    }

    private static string FilesOf(NewMessage message) => TurnRequest.ToFiles(message.Attachments.IsDefault ? [] : message.Attachments.Distinct());

    /// <summary>The files of a new message: default if it has none, and empty if the user does not have one of them.</summary>
    private async ValueTask<ImmutableArray<Attachment>> FindAttachments(Room room, TurnRequest request)
    {
        if (request.Files.Length == 0)
        {
            return default;
        }

        ImmutableArray<Guid> ids = [.. request.Files.Split(' ').Select(Guid.Parse)];
        var files = (await services.Files.Find(room.Key.UserId, ids)).ToDictionary(file => file.Id);
        return ids.Any(id => !files.ContainsKey(id))
            ? []
            : [.. ids.Select(id => new Attachment(id, files[id].Name, files[id].MediaType, files[id].Size))];
    }

    /// <summary>Refuses the requests whose files have been deleted meanwhile, and returns the others.</summary>
    private async Task<ImmutableArray<UncommittedTurnRequest>> RefuseWithoutFiles(Room room, ImmutableArray<UncommittedTurnRequest> batch)
    {
        var kept = ImmutableArray.CreateBuilder<UncommittedTurnRequest>(batch.Length);
        foreach (var pending in batch)
        {
            if (await FindAttachments(room, pending.Request) is { IsDefault: false, IsEmpty: true })
            {
                pending.Complete(new PostOutcome.FileAbsent());
            }
            else
            {
                kept.Add(pending);
            }
        }

        return kept.DrainToImmutable();
    }

    private PostOutcome? Refusal(Room room, TurnRequest request)
    {
        if (services.Shutdown.Stopping.IsCancellationRequested && services.PickOtherSilo() is null)
        {
            return new PostOutcome.SiloStopping();
        }

        var pending = room.PendingTurns.Count + _waiting.Count + _committing;
        var most = services.Options.Value.MaxWaitingTurns;
        return pending > most ? new PostOutcome.QueueFull(most)
            : room.Conversation.CountVersions(request) >= MaxVersions ? new PostOutcome.TooManyVersions(MaxVersions)
            : null;
    }

    private void CommitWaiting(Room room)
    {
        if (_committing == 0 && _waiting.Count > 0)
        {
            _ = GrainTasks.RunInBackground(() => CommitBatches(room));
        }
    }

    private async Task CommitBatches(Room room)
    {
        // This loop may be started twice. The second one finds that a commit is running or that no request waits.
        while (_committing == 0 && _waiting.Count > 0)
        {
            var batch = _waiting;
            _waiting = [];
            _committing = batch.Count;
            await _commitLock.WaitAsync();
            try
            {
                _waiting.InsertRange(0, await CommitBatch(room, batch));
            }
            catch (Exception failure)
            {
                batch.ForEach(pending => pending.Fail(failure));
            }
            finally
            {
                _commitLock.Release();
            }

            _committing = 0;
        }
    }

    /// <summary>
    /// Selects the requests that can be committed now. A second reply to a message that already has a pending reply is
    /// refused. If the batch has two requests for one message, the second one is deferred until the outcome of the first
    /// is known.
    /// </summary>
    private async Task<(ImmutableArray<UncommittedTurnRequest> Ready, ImmutableArray<UncommittedTurnRequest> Deferred)> SelectReady(
        Room room, IReadOnlyList<UncommittedTurnRequest> batch)
    {
        var (ready, deferred) = (ImmutableArray.CreateBuilder<UncommittedTurnRequest>(batch.Count), ImmutableArray.CreateBuilder<UncommittedTurnRequest>());
        var questions = new HashSet<long>();
        foreach (var pending in batch)
        {
            if (pending.Request is not RegenerateRequest { Question.Id: var question })
            {
                ready.Add(pending);
            }
            else if (!room.HasPendingReplyTo(question))
            {
                (questions.Add(question) ? ready : deferred).Add(pending);
            }
            else
            {
                pending.Complete(await FindRepeat(room, pending.Request) ?? new PostOutcome.ReplyPending());
            }
        }

        return (ready.DrainToImmutable(), deferred.DrainToImmutable());
    }

    /// <summary>Answers the requests whose key is stored, and returns the others.</summary>
    private async Task<ImmutableArray<UncommittedTurnRequest>> AnswerRepeats(Room room, ImmutableArray<UncommittedTurnRequest> batch)
    {
        var fresh = ImmutableArray.CreateBuilder<UncommittedTurnRequest>(batch.Length);
        foreach (var pending in batch)
        {
            if (await FindRepeat(room, pending.Request) is { } outcome)
            {
                pending.Complete(outcome);
            }
            else
            {
                fresh.Add(pending);
            }
        }

        return fresh.DrainToImmutable();
    }

    /// <summary>The outcome of a request whose key is stored; null when the key is not stored.</summary>
    private async Task<PostOutcome?> FindRepeat(Room room, TurnRequest request) =>
        await services.Rooms.FindTurn(room.Key, request.IdempotencyKey) is { } stored ? room.AnswerRepeat(stored, request) : null;
}

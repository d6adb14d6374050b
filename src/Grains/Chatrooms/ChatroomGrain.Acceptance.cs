namespace GeminiChat.Grains.Chatrooms;

/// <summary>Accepting turns: a batch of requests is stored in one commit. The commit checks the day's limit.</summary>
internal sealed partial class ChatroomGrain
{
    // A post whose user's grain does not answer fails then, although it is stored. Its repeat gets the stored turn.
    private static readonly TimeSpan NotifyTimeout = TimeSpan.FromSeconds(3);

    // A commit whose outcome is unknown.
    private Acceptance? _unknown;

    /// <summary>Commits a batch and completes its requests.</summary>
    /// <returns>The requests that must be committed again.</returns>
    private async Task<ImmutableArray<UncommittedTurnRequest>> CommitBatch(Room room, IReadOnlyList<UncommittedTurnRequest> batch)
    {
        using var trace = TurnMetrics.StartAcceptance(batch);
        await ResolveUnknownCommit(room);
        await ResolveUnknownHead(room);
        var (ready, deferred) = await SelectReady(room, batch);
        if (ready.IsEmpty)
        {
            return deferred;
        }

        var acceptance = CreateAcceptance(room, ready);
        switch (await Commit(acceptance))
        {
            case AcceptanceOutcome.Accepted accepted:
                var stored = acceptance.First(accepted.Turns);
                var userNotified = BeginTurns(room, stored, accepted.Usage.Tier);
                foreach (var (pending, turn) in ready.Zip(stored.Turns))
                {
                    var position = room.GetPosition(turn.Reply.Id);
                    var outcome = new PostOutcome.Accepted(room.GetCurrent(turn.Message), room.Conversation.WithParentAndSiblings(turn.Reply), position);
                    _ = pending.Complete(outcome, after: userNotified);
                }

                Refuse(ready[accepted.Turns..], accepted.Usage);
                return deferred;
            case AcceptanceOutcome.LimitReached(var usage):
                Refuse(ready, usage);
                return deferred;
            case AcceptanceOutcome.KeyKnown:
                return [.. await AnswerRepeats(room, ready), .. deferred];
            case AcceptanceOutcome.FileAbsent:
                return [.. await RefuseWithoutFiles(room, ready), .. deferred];
            case AcceptanceOutcome.UserDeleted:
                Answer(ready, new PostOutcome.RoomAbsent());
                return deferred;
            default:
                throw StaleActivation.ForRoom(room.Key);
        }
    }

    private Acceptance CreateAcceptance(Room room, ImmutableArray<UncommittedTurnRequest> batch)
    {
        var now = services.Now();
        var next = room.Row.NextId;
        var (head, newest) = (room.Conversation.Head, room.Conversation.DefaultHead);
        var turns = ImmutableArray.CreateBuilder<AcceptedTurn>(batch.Length);
        foreach (var pending in batch)
        {
            var turn = pending.Request.ToAcceptedTurn(next, now, head);
            if (!pending.Attachments.IsDefault)
            {
                turn = turn with { Message = turn.Message with { Attachments = pending.Attachments } };
            }

            var isBranch = turn.RegeneratedReplyId is not null || turn.Message.ParentId != newest;
            turns.Add(turn with
            {
                Reply = turn.Reply with { Options = pending.Options, RequestedOptions = pending.Request.Options },
                StoresParent = isBranch,
                TraceContext = pending.TraceContext,
            });
            head = newest = turn.Reply.Id;
            next = turn.Reply.Id + 1;
        }

        return new Acceptance(room.Key, room.Row.NextId, turns.MoveToImmutable(), room.CreateNextSummary(now), now, services.Tiers.Value, room.Conversation.ChosenHead);
    }

    private async Task<AcceptanceOutcome> Commit(Acceptance acceptance)
    {
        try
        {
            return await services.Rooms.Accept(acceptance);
        }
        catch (StoreOutcomeUnknownException)
        {
            // The running reply continues. The next post or wake resolves the unknown commit.
            _unknown = acceptance;
            throw;
        }
    }

    /// <summary>
    /// Resolves an unknown commit by repeating it. The turns are stored now, or they were stored before, or they never
    /// will be.
    /// </summary>
    private async Task ResolveUnknownCommit(Room room)
    {
        if (_unknown is not { } unknown)
        {
            return;
        }

        var (turns, tier) = await services.Rooms.Accept(unknown) switch
        {
            AcceptanceOutcome.Accepted accepted => (accepted.Turns, (Tier?)accepted.Usage.Tier),
            AcceptanceOutcome.KeyKnown => (await CountStored(unknown), null),
            AcceptanceOutcome.Fenced => throw StaleActivation.ForRoom(room.Key),
            _ => (0, null),
        };
        _unknown = null;
        if (turns > 0)
        {
            await BeginTurns(room, unknown.First(turns), tier);
        }
    }

    /// <summary>Resolves an unknown commit for a call that has nothing to commit itself.</summary>
    private async Task ResolveUnknownCommitUnlessCommitting(Room room)
    {
        if (_unknown is null || _committing > 0)
        {
            return;
        }

        _committing = _unknown.Turns.Length;
        await _commitLock.WaitAsync();
        try
        {
            await ResolveUnknownCommit(room);
        }
        finally
        {
            _commitLock.Release();
            _committing = 0;
            CommitWaiting(room);
        }
    }

    /// <summary>
    /// Counts the stored turns. They are always the first ones, because the day's limit may have refused the rest.
    /// </summary>
    private async Task<int> CountStored(Acceptance unknown)
    {
        for (var i = 0; i < unknown.Turns.Length; i++)
        {
            var stored = await services.Rooms.FindTurn(unknown.Room, unknown.Turns[i].IdempotencyKey);
            if (stored?.Reply.Id != unknown.Turns[i].Reply.Id)
            {
                return i;
            }
        }

        return unknown.Turns.Length;
    }

    /// <summary>Adds stored turns to the room and starts them.</summary>
    /// <returns>Completes when the user's grain knows the room's activity.</returns>
    private Task BeginTurns(Room room, Acceptance stored, Tier? tier)
    {
        room.ApplyAcceptance(stored, tier);
        var summary = stored.Summary;
        var userNotified = _notices.Publish(summary, [.. stored.Turns.Select(turn => new Notice.ReplyQueued(
            summary.Id, summary.Version, summary.UpdatedAt, turn.Reply.Id, room.GetPosition(turn.Reply.Id)))]);
        _pump!.Start();
        MigrateIfStopping();
        return userNotified.WaitAsync(NotifyTimeout, services.Time);
    }

    private static void Refuse(ImmutableArray<UncommittedTurnRequest> turns, DailyUsage usage)
    {
        if (!turns.IsEmpty)
        {
            TurnMetrics.RecordRefusals(turns.Length, usage.Tier);
            Answer(turns, new PostOutcome.QuotaExceeded(usage));
        }
    }

    private static void Answer(ImmutableArray<UncommittedTurnRequest> turns, PostOutcome outcome)
    {
        foreach (var pending in turns)
        {
            pending.Complete(outcome);
        }
    }
}

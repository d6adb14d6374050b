namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Runs a room's turns in order, one at a time, until the end of each is stored. Runs on the activation's scheduler,
/// detached from every call, so a stop, a read or a repeat never waits for the model.
/// </summary>
/// <param name="grain">
/// The activation. The pump notifies it of turns that have ended, and tells it when it must deactivate.
/// </param>
/// <param name="room">The room.</param>
/// <param name="services">Services of the silo.</param>
/// <param name="settings">Gives a title to a room that has no name.</param>
/// <param name="runner">Calls the model.</param>
internal sealed partial class TurnPump(
    ChatroomGrain grain, Room room, ChatroomServices services, RoomSettingsWriter settings, TurnRunner runner) : IDisposable
{
    private static readonly TimeSpan StoreRetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _deactivating = new();
    private Task _running = Task.CompletedTask;
    private Turn? _current;

    /// <summary>Starts the loop over the pending turns unless it is running. Safe to repeat.</summary>
    public void Start()
    {
        if (!IsRunning && GetNext() is not null)
        {
            IsRunning = true;
            _running = GrainTasks.RunInBackground(Run);
        }
    }

    /// <summary>Whether the loop is running.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Cancels the running turn, which stays pending. No other turn starts. Safe to repeat.</summary>
    /// <returns>Completes when nothing runs any more.</returns>
    public async Task StopAsync()
    {
        await _deactivating.CancelAsync();
        _current?.Cancel();
        await _running.SuppressThrowing();
    }

    /// <summary>Stops a turn at the user's request. The text that has arrived is kept.</summary>
    public async Task<RoomMessage> StopTurn(Turn turn)
    {
        turn.RequestStop();
        if (turn != _current && turn.StopTask is null)
        {
            // If this fails, the loop ends the turn when its place in the order comes.
            turn.StopTask = StoreEnd(turn, new ReplyBuilder(turn).BuildStopped());
            try
            {
                await turn.StopTask;
            }
            finally
            {
                turn.StopTask = null;
            }
        }

        return await turn.Completion.WaitAsync(StopTimeout, services.Time);
    }

    public void Dispose() => _deactivating.Dispose();

    private Turn? GetNext() =>
        services.Shutdown.Stopping.IsCancellationRequested || _deactivating.IsCancellationRequested || room.PendingTurns.Count == 0
            ? null
            : room.PendingTurns[0];

    private async Task Run()
    {
        try
        {
            while (GetNext() is { } turn)
            {
                _current = turn;
                await Process(turn);
                _current = null;
            }
        }
        catch (OperationCanceledException)
        {
            // The activation or the silo is shutting down. The turn stays pending.
        }
        catch (Exception failure)
        {
            Log.RoomLost(services.Logger, failure, room.Key.RoomId);
            grain.DeactivateAsStale(failure);
        }

        _current = null;
        IsRunning = false;
        if (!_deactivating.IsCancellationRequested)
        {
            grain.MigrateIfStopping();
        }
    }

    private async Task Process(Turn turn)
    {
        using var work = services.Shutdown.TrackTurn();
        if (turn.StopTask is { } stop)
        {
            await stop.SuppressThrowing();
            return;
        }

        using var running = TurnMetrics.StartTurn(turn, waited: services.Time.GetUtcNow() - turn.Reply.Timestamp);
        if (turn.Reply.Attempt >= services.Options.Value.MaxAttempts && !turn.IsOwned)
        {
            await StoreEndWithRetry(turn, ReplyBuilder.BuildFailed(turn, EndReasons.Interrupted));
            return;
        }

        if (!turn.IsOwned)
        {
            await StartAttempt(turn);
        }

        Question? question = null;
        await RetryUntilStored(async () => question = await room.Conversation.GetQuestion(turn.Reply, services.Options.Value.ContextTokens));
        var end = await runner.Run(turn, question!, room.Row.SystemPrompt);
        if (end is not null)
        {
            await StoreEndWithRetry(turn, end);
        }
        else
        {
            await runner.StoreCheckpoint(turn);
        }
    }

    private async Task StartAttempt(Turn turn)
    {
        var attempt = turn.Reply.Attempt + 1;
        var fence = new ReplyFence(room.Key, turn.Reply.Id, attempt);
        await RetryUntilStored(async () =>
        {
            // This also fails when an earlier try was stored but its outcome was unknown: the row does not tell which of
            // two activations started an attempt. The next activation starts the next attempt.
            if (!await services.Rooms.StartAttempt(fence, services.Time.GetUtcNow()))
            {
                throw StaleActivation.ForReply(room.Key, turn);
            }
        });
        turn.StartAttempt(attempt);
    }

    private async Task StoreEndWithRetry(Turn turn, RoomMessage end)
    {
        try
        {
            await RetryUntilStored(() => StoreEnd(turn, end));
        }
        catch (StoreRejectedException rejected)
        {
            // A retry cannot help, and the turns behind this one must not wait for it.
            Log.EndRejected(services.Logger, rejected, room.Key.RoomId);
            await RetryUntilStored(() => StoreEnd(turn, ReplyBuilder.BuildFailed(turn, EndReasons.ModelError).WithoutText()));
        }
    }

    private async Task StoreEnd(Turn turn, RoomMessage end)
    {
        using var title = settings.ReserveTitle(room.Conversation.FindInMemory(turn.Reply.ReplyTo!.Value), end);
        var summary = room.CreateNextSummary(services.Now());
        summary = title?.ApplyTo(summary) ?? summary;
        var fence = turn.GetFence(room.Key);
        if (!await services.Rooms.Finish(fence, end, summary, turn.GetRefund(end), title?.Text) && !await IsStored(end))
        {
            throw StaleActivation.ForReply(room.Key, turn);
        }

        room.ApplyEnd(turn, end, summary, isTitled: title is not null);
        TurnMetrics.RecordEnd(end);
        grain.TurnEnded(summary, end, isTitled: title is not null);
    }

    /// <summary>Whether an earlier write of the same end, whose outcome was unknown, was stored.</summary>
    private async Task<bool> IsStored(RoomMessage end) =>
        await services.Rooms.ReadMessage(room.Key, end.Id) is { } stored
        && (stored.Attempt, stored.Status, stored.Content) == (end.Attempt, end.Status, end.Content);

    /// <summary>
    /// Retries a write until it is stored, so an outage of the database delays a reply but does not lose it. A write with
    /// an unknown outcome is repeated too, so the write must recognize that it is already stored.
    /// </summary>
    private async Task RetryUntilStored(Func<Task> write)
    {
        while (true)
        {
            try
            {
                await write();
                return;
            }
            catch (Exception outage) when (outage is StoreUnavailableException or StoreOutcomeUnknownException)
            {
                Log.StoreUnavailable(services.Logger, outage.Message, room.Key.RoomId);
                using var stopping = CancellationTokenSource.CreateLinkedTokenSource(_deactivating.Token, services.Shutdown.Deadline);
                await Task.Delay(StoreRetryDelay, services.Time, stopping.Token);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The store is unavailable for a turn of room {RoomId}; retrying: {Outage}")]
        public static partial void StoreUnavailable(ILogger logger, string outage, Guid roomId);

        [LoggerMessage(LogLevel.Error, "The store rejected the end of a reply of room {RoomId}; the reply is stored as failed")]
        public static partial void EndRejected(ILogger logger, Exception exception, Guid roomId);

        [LoggerMessage(LogLevel.Warning, "This activation gives up room {RoomId}; the next one continues its turns")]
        public static partial void RoomLost(ILogger logger, Exception exception, Guid roomId);
    }
}

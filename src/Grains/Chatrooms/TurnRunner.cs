using GeminiChat.Grains.Model;
using Microsoft.Extensions.AI;
using Orleans.Storage;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Calls the model for one turn of a room, and stores the text at intervals. Runs on the activation's scheduler.
/// </summary>
/// <param name="grain">The activation. It is kept alive while a turn runs.</param>
/// <param name="room">The room.</param>
/// <param name="user">The room's owner.</param>
/// <param name="services">Services of the silo.</param>
/// <param name="notices">Sends a notice when the model is called.</param>
internal sealed partial class TurnRunner(
    ChatroomGrain grain, RoomKey room, IUserGrain user, ChatroomServices services, RoomNoticePublisher notices)
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(10);

    private readonly TokenEstimator _tokens = new();

    /// <summary>Calls the model for a turn and returns the finished reply, which is not stored yet.</summary>
    /// <returns>Null when the turn was canceled and stays pending.</returns>
    /// <exception cref="InconsistentStateException">Another activation has taken over the reply.</exception>
    public async Task<RoomMessage?> Run(
        Turn turn,
        Question question,
        string? systemPrompt,
        CancellationToken deactivating)
    {
        using var fenced = new CancellationTokenSource();
        using var checkpointing = new CancellationTokenSource();
        using var during = CancellationTokenSource.CreateLinkedTokenSource(
            turn.StopRequested, services.Shutdown.Deadline, deactivating, fenced.Token);
        using var before = CancellationTokenSource.CreateLinkedTokenSource(during.Token, services.Shutdown.Stopping);

        grain.StayActive();
        var checkpoints = RunCheckpoints(turn, fenced, checkpointing.Token);
        var end = await CallModel(turn, question, systemPrompt, before.Token, during.Token);
        await checkpointing.CancelAsync();
        await checkpoints;
        return fenced.IsCancellationRequested
            ? throw StaleActivation.ForReply(room, turn)
            : end;
    }

    private async Task<RoomMessage?> CallModel(
        Turn turn,
        Question question,
        string? systemPrompt,
        CancellationToken before,
        CancellationToken during)
    {
        var answer = new ReplyBuilder(turn, notices);
        try
        {
            var history = ConversationContext.Build(question, _tokens, services.Options.Value.ContextTokens);
            var options = new ChatOptions { Instructions = systemPrompt, ModelId = await SelectModel(turn) };
            var prompt = new ModelPrompt(history, new ChatMessage(ChatRole.User, question.Message.Content), options);
            await services.ModelClient.StreamResponse(prompt, answer, before, during);
            _tokens.Calibrate(prompt.Bytes, prompt.Messages.Count, answer.InputTokens);
            return answer.BuildFinished();
        }
        catch (ModelException failure)
        {
            Log.ModelFailed(services.Logger, room.RoomId, turn.Reply.Id, failure.Fault, failure.Message);
            return answer.BuildFailed(failure.Fault);
        }
        catch (OperationCanceledException) when (turn.StopRequested.IsCancellationRequested)
        {
            return answer.BuildStopped();
        }
        catch (OperationCanceledException) when (before.IsCancellationRequested || during.IsCancellationRequested)
        {
            turn.Update(MessageStatus.Queued);
            return null;
        }
        catch (Exception failure)
        {
            Log.TurnFailed(services.Logger, failure, room.RoomId, turn.Reply.Id);
            return answer.BuildFailed(ModelFault.Protocol);
        }
    }

    /// <summary>Selects the model; null for the default one.</summary>
    private async ValueTask<string?> SelectModel(Turn turn) => services.Options.Value.ProModel is { } pro
        && (turn.Tier ?? await GetTier()) is Tier.Pro
            ? pro
            : null;

    private async Task<Tier> GetTier()
    {
        try
        {
            return (await user.GetUsage())?.Tier ?? Tier.Basic;
        }
        catch (Exception outage)
        {
            // The default model can answer too, and that is better than no reply.
            Log.TierUnknown(services.Logger, outage);
            return Tier.Basic;
        }
    }

    /// <summary>
    /// Stores the text so far at intervals. This continues while the model is silent, but less often: another activation
    /// takes over a pending reply that has not been written for half a minute.
    /// </summary>
    private async Task RunCheckpoints(Turn turn, CancellationTokenSource fenced, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(services.Options.Value.CheckpointInterval, services.Time);
        var (storedLength, storedAt) = (0, services.Time.GetTimestamp());
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (turn.Text.Length == storedLength && services.Time.GetElapsedTime(storedAt) < HeartbeatInterval)
                {
                    continue;
                }

                grain.StayActive();
                (storedLength, storedAt) = (turn.Text.Length, services.Time.GetTimestamp());
                if (!await StoreCheckpoint(turn))
                {
                    await fenced.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The turn has ended.
        }
    }

    /// <summary>Stores the text so far.</summary>
    /// <returns>Whether this activation still owns the reply, as far as is known.</returns>
    public async Task<bool> StoreCheckpoint(Turn turn)
    {
        try
        {
            return await services.Rooms.Checkpoint(turn.GetFence(room), turn.Text.ToString(), services.Time.GetUtcNow());
        }
        catch (Exception outage) when (outage is StoreUnavailableException or StoreOutcomeUnknownException)
        {
            // The next checkpoint or the end of the turn stores this text too.
            Log.CheckpointMissed(services.Logger, outage.Message, room.RoomId, turn.Reply.Id);
            return true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The model failed for reply {ReplyId} of room {RoomId}: {Fault}, {Failure}")]
        public static partial void ModelFailed(
            ILogger logger, Guid roomId, long replyId, ModelFault fault, string failure);

        [LoggerMessage(LogLevel.Warning, "A user's tier could not be read; the default model answers")]
        public static partial void TierUnknown(ILogger logger, Exception exception);

        [LoggerMessage(LogLevel.Error, "Reply {ReplyId} of room {RoomId} failed with an unexpected exception")]
        public static partial void TurnFailed(ILogger logger, Exception exception, Guid roomId, long replyId);

        [LoggerMessage(LogLevel.Warning, "A checkpoint of reply {ReplyId} of room {RoomId} could not be stored: {Outage}")]
        public static partial void CheckpointMissed(ILogger logger, string outage, Guid roomId, long replyId);
    }
}

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

    /// <summary>Calls the model for a turn and returns the finished reply, which is not stored yet.</summary>
    /// <returns>Null when the turn was canceled and stays pending.</returns>
    /// <exception cref="InconsistentStateException">Another activation has taken over the reply.</exception>
    public async Task<RoomMessage?> Run(Turn turn, Question question, string? systemPrompt)
    {
        var interval = services.Options.Value.CheckpointInterval;
        using var deadline = services.Shutdown.Deadline.UnsafeRegister(static turn => ((Turn)turn!).Cancel(), turn);
        using var checkpoints = grain.RegisterGrainTimer(
            StoreCheckpointIfDue, new CheckpointState(turn, services.Time.GetTimestamp()), new(interval, interval) { Interleave = true, KeepAlive = true });
        grain.StayActive();
        var end = await CallModel(turn, question, systemPrompt);
        return turn.IsFenced ? throw StaleActivation.ForReply(room, turn) : end;
    }

    private async Task<RoomMessage?> CallModel(Turn turn, Question question, string? systemPrompt)
    {
        var options = await CreateChatOptions(turn, systemPrompt);
        var answer = new ReplyBuilder(turn, options.ModelId, notices);
        var hasFiles = !question.Message.Attachments.IsDefaultOrEmpty;
        try
        {
            var context = ConversationContext.Create(question, systemPrompt, services.Options.Value.ContextTokens);
            var family = services.Models.GetFamily(options.ModelId ?? "");
            var prompt = new ModelPrompt(
                [.. context.ToMessages(options.ModelId, room.UserId).Select(message => FileContent.ReplaceUnsupported(message, family))],
                FileContent.ReplaceUnsupported(FileContent.ToMessage(question.Message, room.UserId), family),
                options);
            answer.ContextSkipped = context.CountSkipped(0);
            await services.ModelClient.StreamResponse(prompt, answer, services.Shutdown.Stopping, turn.Cancellation);
            answer.ContextSkipped = context.CountSkipped(prompt.DroppedTurns);
            return answer.BuildFinished();
        }
        catch (ModelException failure)
        {
            Log.ModelFailed(services.Logger, room.RoomId, turn.Reply.Id, failure.Fault, failure.Message);
            return answer.BuildFailed(failure.Fault, hasFiles);
        }
        catch (OperationCanceledException) when (turn.IsStopRequested)
        {
            return answer.BuildStopped();
        }
        catch (OperationCanceledException) when (turn.Cancellation.IsCancellationRequested || services.Shutdown.Stopping.IsCancellationRequested)
        {
            turn.Update(MessageStatus.Queued);
            return null;
        }
        catch (Exception failure)
        {
            Log.TurnFailed(services.Logger, failure, room.RoomId, turn.Reply.Id);
            return answer.BuildFailed(ModelFault.Protocol, hasFiles);
        }
    }

    private async ValueTask<ChatOptions> CreateChatOptions(Turn turn, string? systemPrompt)
    {
        var (catalog, decided) = (services.Models, turn.Reply.Options);
        var model = decided?.Model ?? (catalog.HasOneDefault ? catalog.GetDefault(Tier.Basic) : catalog.GetDefault(turn.Tier ?? await GetTier()));
        return new ChatOptions
        {
            Instructions = systemPrompt,
            ModelId = catalog.ToModelId(model),
            Reasoning = catalog.CreateReasoning(decided?.Thinking),
            Tools = decided?.Search is true ? [new HostedWebSearchTool()] : null,
        };
    }

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
    /// Stores the text so far, if there is more of it. While the model is silent, this continues, but less often: another
    /// activation takes over a pending reply that has not been written for half a minute.
    /// </summary>
    private async Task StoreCheckpointIfDue(CheckpointState state, CancellationToken cancellationToken)
    {
        var (turn, length) = (state.Turn, state.Turn.GetCurrent().Content.Length);
        if (length == state.StoredLength && services.Time.GetElapsedTime(state.StoredAt) < HeartbeatInterval)
        {
            return;
        }

        grain.StayActive();
        (state.StoredLength, state.StoredAt) = (length, services.Time.GetTimestamp());
        if (!await StoreCheckpoint(turn) && !cancellationToken.IsCancellationRequested)
        {
            turn.Fence();
        }
    }

    /// <summary>Stores the text so far.</summary>
    /// <returns>Whether this activation still owns the reply, as far as is known.</returns>
    public async Task<bool> StoreCheckpoint(Turn turn)
    {
        try
        {
            return await services.Rooms.Checkpoint(turn.GetFence(room), turn.GetCurrent().Content, services.Time.GetUtcNow());
        }
        catch (Exception outage) when (outage is StoreUnavailableException or StoreOutcomeUnknownException)
        {
            // The next checkpoint or the end of the turn stores this text too.
            Log.CheckpointMissed(services.Logger, outage.Message, room.RoomId, turn.Reply.Id);
            return true;
        }
    }

    /// <summary>What of a turn's text is stored.</summary>
    private sealed class CheckpointState(Turn turn, long startedAt)
    {
        public Turn Turn => turn;

        public int StoredLength { get; set; }

        public long StoredAt { get; set; } = startedAt;
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

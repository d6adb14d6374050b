using GeminiChat.Grains.Model;
using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>Reads the model's response into a turn, and builds the finished reply.</summary>
/// <param name="turn">The turn.</param>
/// <param name="requestedModel">The model that is called; null when none is.</param>
/// <param name="notices">Sends a notice at the first call of the model; null to send none.</param>
internal sealed class ReplyBuilder(Turn turn, string? requestedModel = null, RoomNoticePublisher? notices = null) : IModelResponseHandler
{
    private bool _isCalled;
    private ChatFinishReason? _finish;
    private string? _model;
    private TokenUsage? _usage;
    private GroundingContent? _grounding;
    private long _earlierSearches;

    public bool HasText => turn.Draft.Text.Length > 0;

    /// <summary>Whether there is no visible text although no limit or filter of the model prevented it.</summary>
    public bool IsEmpty => !HasText
        && (turn.Draft.Text.IsBlank || _finish != ChatFinishReason.Length)
        && _finish != ChatFinishReason.ContentFilter;

    /// <summary>How many messages at the beginning of the branch are not in the prompt; null before there is one.</summary>
    public int? ContextSkipped { get; set; }

    public void OnCallStarting()
    {
        turn.Update(MessageStatus.Generating);
        if (!_isCalled)
        {
            _isCalled = true;
            notices?.Publish(new Notice.ReplyGenerating(notices.RoomId, turn.Reply.Id));
        }
    }

    public void OnRetrying()
    {
        // The text of the next call must not begin with text of the failed call, not even with half a character.
        turn.DiscardDraft();
        _earlierSearches += _grounding?.Queries ?? 0;
        (_finish, _model, _usage, _grounding) = (null, null, null, null);
        turn.Update(MessageStatus.Queued);
    }

    public bool Read(ChatResponseUpdate update)
    {
        _model = update.ModelId ?? _model;
        _finish = update.FinishReason ?? _finish;

        // An enumerator of the list would be an object for each chunk.
        for (var i = 0; i < update.Contents.Count; i++)
        {
            if (PartContents.TryRead(update.Contents[i], out var kind, out var text, out var signature, out var data))
            {
                turn.Append(kind, text, signature, data);
            }
            else if (update.Contents[i] is UsageContent { Details: var usage })
            {
                _usage = new TokenUsage(
                    usage.InputTokenCount ?? 0,
                    usage.OutputTokenCount ?? 0,
                    usage.ReasoningTokenCount ?? 0,
                    usage.CachedInputTokenCount ?? 0);
            }
            else if (update.Contents[i] is GroundingContent grounding)
            {
                _grounding = grounding;
            }
        }

        return !turn.Draft.Text.IsFull;
    }

    /// <summary>Builds the reply after the model finished, or after the response reached its size limit.</summary>
    public RoomMessage BuildFinished() =>
        turn.Draft.Text.IsFull || _finish == ChatFinishReason.Length ? BuildIncomplete(EndReasons.Length)
        : _finish == ChatFinishReason.ContentFilter ? BuildIncomplete(EndReasons.Safety)
        : _finish == ChatFinishReason.Stop && HasText ? Build(MessageStatus.Completed, reason: null)
        : BuildInterrupted(EndReasons.Empty);

    /// <summary>Builds the reply after a failure of the model.</summary>
    /// <param name="fault">What happened.</param>
    /// <param name="hasFiles">Whether the question has files. A request without them is never malformed because of the user.</param>
    public RoomMessage BuildFailed(ModelFault fault, bool hasFiles) => BuildInterrupted(fault switch
    {
        ModelFault.Rejected when hasFiles => EndReasons.FileRefused,
        ModelFault.Unavailable or ModelFault.Truncated => EndReasons.ModelUnavailable,
        ModelFault.DailyQuota => EndReasons.ModelQuota,
        ModelFault.Config or ModelFault.Rejected or ModelFault.InvalidSignature => EndReasons.ModelConfig,
        ModelFault.Timeout => EndReasons.ModelTimeout,
        ModelFault.Empty => EndReasons.Empty,
        ModelFault.TooLong => EndReasons.TooLong,
        _ => EndReasons.ModelError,
    });

    /// <summary>Builds the reply that the user stopped.</summary>
    public RoomMessage BuildStopped() => Build(MessageStatus.Stopped, reason: null);

    /// <summary>Builds a failed reply for a reason other than the model.</summary>
    public static RoomMessage BuildFailed(Turn turn, string reason) =>
        turn.GetCurrent() with { Status = MessageStatus.Failed, Reason = reason };

    /// <summary>Builds the reply after an early end. The reason is given only if there is no text that readers have seen.</summary>
    private RoomMessage BuildInterrupted(string reason) => BuildIncomplete(HasText ? EndReasons.Truncated : reason);

    /// <summary>Text that readers have seen is kept, and the reply is incomplete. Without text, it has failed.</summary>
    private RoomMessage BuildIncomplete(string reason) =>
        Build(HasText ? MessageStatus.Incomplete : MessageStatus.Failed, reason);

    // Google charges the searches of failed calls too.
    private TokenUsage? GetUsage() => _earlierSearches + (_grounding?.Queries ?? 0) is > 0 and var searches
        ? (_usage ?? new TokenUsage(InputTokens: 0, OutputTokens: 0)) with { SearchQueries = searches }
        : _usage;

    private RoomMessage Build(MessageStatus status, string? reason)
    {
        turn.CompleteText();
        var current = turn.GetCurrent();
        return current with
        {
            Status = status,
            Reason = reason,
            Model = _model,
            Usage = GetUsage(),
            ContextSkipped = ContextSkipped,
            PartsModel = current.Parts.IsDefault ? null : requestedModel,
            Grounding = CitationFinder.Find(_grounding, current.Content),
        };
    }
}

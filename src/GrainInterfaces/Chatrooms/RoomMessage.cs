namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>Who wrote a message.</summary>
public enum Sender
{
    /// <summary>The owner of the room.</summary>
    User = 0,

    /// <summary>The model.</summary>
    Ai = 1,
}

/// <summary>
/// The state of a message. A reply is first queued, then generating, and ends in exactly one of the other four states.
/// </summary>
public enum MessageStatus
{
    /// <summary>Accepted and durable. The model has not been called, or waits for a retry.</summary>
    Queued = 0,

    /// <summary>The model is being called.</summary>
    Generating = 1,

    /// <summary>Complete: the model said that it had finished. A user's message always has this state.</summary>
    Completed = 2,

    /// <summary>The user stopped it. The text that had arrived is kept.</summary>
    Stopped = 3,

    /// <summary>The text is kept but ends early; <see cref="RoomMessage.Reason"/> says why.</summary>
    Incomplete = 4,

    /// <summary>There is no reply; <see cref="RoomMessage.Reason"/> says why.</summary>
    Failed = 5,
}

/// <summary>Methods of <see cref="MessageStatus"/>.</summary>
public static class MessageStatusExtensions
{
    /// <summary>Whether the reply is pending: queued or generating.</summary>
    public static bool IsPending(this MessageStatus status) => status is MessageStatus.Queued or MessageStatus.Generating;
}

/// <summary>Why a reply is incomplete or failed. The text form is stored and shown.</summary>
public static class EndReasons
{
    /// <summary>The model reached its output limit, or the response reached this service's limit of 512 KB.</summary>
    public const string Length = "length";

    /// <summary>The model's safety filters refused the prompt or withheld the response.</summary>
    public const string Safety = "safety";

    /// <summary>The model responded without visible text each time it was called.</summary>
    public const string Empty = "empty";

    /// <summary>The question exceeds the model's input limit, even without the conversation before it.</summary>
    public const string TooLong = "too_long";

    /// <summary>The model refused the question with its files, for example because a file is damaged.</summary>
    public const string FileRefused = "file_refused";

    /// <summary>The model's stream ended before the model said that it had finished.</summary>
    public const string Truncated = "truncated";

    /// <summary>The model's daily quota is used up; it returns at midnight Pacific time.</summary>
    public const string ModelQuota = "model_quota";

    /// <summary>The model could not be reached, or was overloaded, until the retries ended.</summary>
    public const string ModelUnavailable = "model_unavailable";

    /// <summary>The model refuses every request because of the configuration: a wrong key, model or region.</summary>
    public const string ModelConfig = "model_config";

    /// <summary>The model did not respond in time.</summary>
    public const string ModelTimeout = "model_timeout";

    /// <summary>The model sent something that its protocol does not allow.</summary>
    public const string ModelError = "model_error";

    /// <summary>The process ended during each of the five attempts at the reply.</summary>
    public const string Interrupted = "interrupted";
}

/// <summary>Tokens as the model counted them.</summary>
/// <param name="InputTokens">Tokens of the prompt, including the conversation's context.</param>
/// <param name="OutputTokens">Tokens of the response, including thinking.</param>
/// <param name="ThoughtTokens">The part of the output that was thinking.</param>
/// <param name="CachedTokens">The part of the input that the model had in its cache.</param>
/// <param name="SearchQueries">How many searches the model made.</param>
[GenerateSerializer, Immutable, Alias("geminichat.TokenUsage")]
public sealed record TokenUsage(
    [property: Id(0)] long InputTokens,
    [property: Id(1)] long OutputTokens,
    [property: Id(2)] long ThoughtTokens = 0,
    [property: Id(3)] long CachedTokens = 0,
    [property: Id(4)] long SearchQueries = 0);

/// <summary>What a user thinks of a reply.</summary>
/// <param name="IsPositive">Whether the user likes it.</param>
/// <param name="Comment">1 to 2,000 code units; null for none.</param>
[GenerateSerializer, Immutable, Alias("geminichat.MessageFeedback")]
public sealed record MessageFeedback([property: Id(0)] bool IsPositive, [property: Id(1)] string? Comment)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(MessageFeedback);
}

/// <summary>One message of a room, as it was at one moment.</summary>
/// <param name="Id">Counts up in the room, from 1.</param>
/// <param name="Sender">The author.</param>
/// <param name="Content">The text. For a reply that is being written, the text so far.</param>
/// <param name="Timestamp">When the message was accepted, to the millisecond.</param>
/// <param name="Status">The state.</param>
/// <param name="ReplyTo">For a reply, the message that it answers.</param>
/// <param name="SupersededBy">For a reply, the newer reply that replaces it.</param>
/// <param name="Reason">One of <see cref="EndReasons"/> when the reply is incomplete or failed; otherwise null.</param>
/// <param name="Model">For a reply, the model version that wrote it, as reported by the model.</param>
/// <param name="Usage">For a reply, its tokens, if the model reported them.</param>
/// <param name="Attempt">
/// For a reply, the attempt that its text belongs to. The acceptance creates attempt 1. Each start after a crash or a
/// move creates the next one.
/// </param>
/// <param name="ParentId">The message that this one follows; null for a first message.</param>
/// <param name="Siblings">
/// The ids of all messages with the same parent and sender, this one included; default when there is no other one.
/// </param>
/// <param name="Feedback">For a reply, the user's rating and comment; null for none.</param>
/// <param name="Thoughts">For a reply, the model's summary of its thinking; null for none.</param>
/// <param name="Parts">
/// For a finished reply, the parts that the model sent, in their order. Default when the content is one part without a signature.
/// </param>
/// <param name="ContextSkipped">
/// For a reply, how many messages at the beginning of its branch were not sent to the model; null when this is not known.
/// </param>
/// <param name="Options">For a reply, the options that were decided at its acceptance; null for the service's defaults.</param>
/// <param name="Grounding">For a reply, the sources that it is based on; null for none.</param>
/// <param name="Attachments">For a user's message, its files; default for none.</param>
/// <param name="PartsModel">For a reply, the model that was asked for <paramref name="Parts"/>; null without parts.</param>
/// <param name="RequestedOptions">
/// For a reply, the options that its request had, to recognize a repeat; null when it had none, and for replies of earlier versions.
/// </param>
[GenerateSerializer, Immutable, Alias("geminichat.RoomMessage")]
public sealed record RoomMessage(
    [property: Id(0)] long Id,
    [property: Id(1)] Sender Sender,
    [property: Id(2)] string Content,
    [property: Id(3)] DateTimeOffset Timestamp,
    [property: Id(4)] MessageStatus Status,
    [property: Id(5)] long? ReplyTo = null,
    [property: Id(6)] long? SupersededBy = null,
    [property: Id(7)] string? Reason = null,
    [property: Id(8)] string? Model = null,
    [property: Id(9)] TokenUsage? Usage = null,
    [property: Id(10)] int Attempt = 0,
    [property: Id(11)] long? ParentId = null,
    [property: Id(12)] ImmutableArray<long> Siblings = default,
    [property: Id(13)] MessageFeedback? Feedback = null,
    [property: Id(14)] string? Thoughts = null,
    [property: Id(15)] ImmutableArray<ReplyPart> Parts = default,
    [property: Id(16)] int? ContextSkipped = null,
    [property: Id(17)] ReplyOptions? Options = null,
    [property: Id(18)] ReplyGrounding? Grounding = null,
    [property: Id(19)] ImmutableArray<Attachment> Attachments = default,
    [property: Id(20)] string? PartsModel = null,
    [property: Id(21)] ReplyOptions? RequestedOptions = null)
{
    /// <summary>The reply without text and thoughts.</summary>
    public RoomMessage WithoutText() => this with { Content = "", Thoughts = null, Parts = default, Grounding = null, PartsModel = null };

    /// <summary>The code units of all its texts, which bound the memory that messages take.</summary>
    public int GetSize() => Content.Length
        + (Thoughts?.Length ?? 0)
        + (Parts.IsDefault ? 0 : Parts.Sum(part => part.GetSize()))
        + (Grounding?.GetSize() ?? 0);

    /// <summary>The position behind the reply's thoughts and text.</summary>
    public ReplyCursor GetEnd() => new(Attempt, Parts.IsDefault ? Content.Length : Parts.Sum(part => part.Length));

    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(RoomMessage);
}

namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>Who wrote a message.</summary>
public enum Sender
{
    /// <summary>The owner of the room.</summary>
    User = 0,

    /// <summary>The model.</summary>
    Ai = 1,
}

/// <summary>The state of a message. A reply is queued, then generating, then exactly one of the other four.</summary>
public enum MessageStatus
{
    /// <summary>Accepted and durable; the model has not been called, or is waiting to be called again.</summary>
    Queued = 0,

    /// <summary>The model is being called.</summary>
    Generating = 1,

    /// <summary>Whole: the model said that it had finished. A user's message always has this state.</summary>
    Completed = 2,

    /// <summary>The user stopped it; what had arrived by then is kept.</summary>
    Stopped = 3,

    /// <summary>Text was kept, but it ends early; <see cref="RoomMessage.Reason"/> says why.</summary>
    Incomplete = 4,

    /// <summary>There is no answer; <see cref="RoomMessage.Reason"/> says why.</summary>
    Failed = 5,
}

/// <summary>Questions asked of a <see cref="MessageStatus"/>.</summary>
public static class MessageStatusExtensions
{
    /// <summary>Whether the reply is still owed: queued or generating.</summary>
    public static bool IsPending(this MessageStatus status) => status is MessageStatus.Queued or MessageStatus.Generating;
}

/// <summary>Why a reply is incomplete or failed. The text form is stored and shown.</summary>
public static class EndReasons
{
    /// <summary>The model reached its output limit, or the answer this service's limit of 512 KB.</summary>
    public const string Length = "length";

    /// <summary>The model's safety filters refused the prompt or withheld the answer.</summary>
    public const string Safety = "safety";

    /// <summary>The model answered without a word, each time that it was called.</summary>
    public const string Empty = "empty";

    /// <summary>The question is longer than the model reads at once, even without the conversation before it.</summary>
    public const string TooLong = "too_long";

    /// <summary>The model's stream ended before the model said that it had finished.</summary>
    public const string Truncated = "truncated";

    /// <summary>The model's daily quota is used up; it returns at midnight Pacific time.</summary>
    public const string ModelQuota = "model_quota";

    /// <summary>The model could not be reached, or was overloaded, for as long as was allowed to try.</summary>
    public const string ModelUnavailable = "model_unavailable";

    /// <summary>The model refuses every request as configured: a wrong key, model or region.</summary>
    public const string ModelConfig = "model_config";

    /// <summary>The model did not answer in time.</summary>
    public const string ModelTimeout = "model_timeout";

    /// <summary>The model sent something that its protocol does not allow.</summary>
    public const string ModelError = "model_error";

    /// <summary>The process ended during each of the five attempts that a reply gets.</summary>
    public const string Interrupted = "interrupted";
}

/// <summary>Tokens as the model counted them.</summary>
/// <param name="InputTokens">Tokens of the prompt, the conversation's context included.</param>
/// <param name="OutputTokens">Tokens of the answer, thinking included.</param>
[GenerateSerializer, Immutable, Alias("geminichat.TokenUsage")]
public sealed record TokenUsage([property: Id(0)] long InputTokens, [property: Id(1)] long OutputTokens);

/// <summary>One message of a room, as it was at one moment.</summary>
/// <param name="Id">Counts up in the room, from 1.</param>
/// <param name="Sender">Who wrote it.</param>
/// <param name="Content">The text; of a reply being written, the text so far.</param>
/// <param name="Timestamp">When it was accepted, to the millisecond.</param>
/// <param name="Status">Its state.</param>
/// <param name="ReplyTo">Of a reply, the message that it answers.</param>
/// <param name="SupersededBy">Of a reply, the newer one that stands in its place.</param>
/// <param name="Reason">One of <see cref="EndReasons"/>, exactly when incomplete or failed.</param>
/// <param name="Model">Of a reply, the model version that wrote it, as the model named itself.</param>
/// <param name="Usage">Of a reply, its tokens, when the model told.</param>
/// <param name="Attempt">
/// Of a reply, which attempt its text belongs to. Attempt 1 is made at acceptance; each start after a crash or a move
/// makes the next.
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
    [property: Id(10)] int Attempt = 0)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(RoomMessage);
}

using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>A user's message.</summary>
/// <param name="Content">1 to 32,000 code units, without NUL and lone surrogates.</param>
/// <param name="IdempotencyKey">
/// The idempotency key, 1 to 255 visible ASCII characters. A second post with the same key and content gets the outcome
/// of the first. Keys are kept as long as the room.
/// </param>
/// <param name="Options">How the reply is made; null for the room's defaults.</param>
/// <param name="Attachments">The ids of the user's files that belong to the message; default for none.</param>
[GenerateSerializer, Immutable, Alias("geminichat.NewMessage")]
public sealed record NewMessage(
    [property: Id(0)] string Content,
    [property: Id(1)] string IdempotencyKey,
    [property: Id(2)] ReplyOptions? Options = null,
    [property: Id(3)] ImmutableArray<Guid> Attachments = default)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(NewMessage);
}

/// <summary>The outcome of a post, an edit or a regenerate.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.PostOutcome")]
public abstract record PostOutcome
{
    private PostOutcome() { }

    /// <summary>The turn is stored, by this request or an earlier one with the same key.</summary>
    /// <param name="Message">The user's message.</param>
    /// <param name="Reply">The reply in its current state.</param>
    /// <param name="Position">The number of pending turns before it; 0 when it is running or finished.</param>
    /// <param name="IsRepeat">Whether an earlier request with the same key began the turn.</param>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.Accepted")]
    public sealed record Accepted(
        [property: Id(0)] RoomMessage Message,
        [property: Id(1)] RoomMessage Reply,
        [property: Id(2)] int Position,
        [property: Id(3)] bool IsRepeat = false) : PostOutcome;

    /// <summary>The user has no such room.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.RoomAbsent")]
    public sealed record RoomAbsent : PostOutcome;

    /// <summary>The room has no such reply.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.ReplyAbsent")]
    public sealed record ReplyAbsent : PostOutcome;

    /// <summary>The room has no such message of the user.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.MessageAbsent")]
    public sealed record MessageAbsent : PostOutcome;

    /// <summary>The user does not have one of the files.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.FileAbsent")]
    public sealed record FileAbsent : PostOutcome;

    /// <summary>The message has the maximum number of versions.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.TooManyVersions")]
    public sealed record TooManyVersions([property: Id(0)] int Limit) : PostOutcome;

    /// <summary>A reply to the same message is still pending.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.ReplyOpen")]
    public sealed record ReplyPending : PostOutcome;

    /// <summary>The key was used before for a different request.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.KeyReused")]
    public sealed record KeyReused : PostOutcome;

    /// <summary>The maximum number of turns is waiting in this room.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.QueueFull")]
    public sealed record QueueFull([property: Id(0)] int Limit) : PostOutcome;

    /// <summary>
    /// The user has reached the tier's limit of replies for today. If less than the limit is used, the user has reached
    /// the maximum of accepted replies, which counts refunded replies too.
    /// </summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.QuotaExceeded")]
    public sealed record QuotaExceeded([property: Id(0)] DailyUsage Usage) : PostOutcome;

    /// <summary>The request asks for something that does not exist, or that the user may not use.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.OptionsRefused")]
    public sealed record OptionsRefused([property: Id(0)] OptionsRefusal Refusal) : PostOutcome;

    /// <summary>The silo is shutting down. Another silo, or this one after its restart, will accept the message.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.Leaving")]
    public sealed record SiloStopping : PostOutcome;
}

/// <summary>Text of a reply after a cursor.</summary>
/// <param name="Next">Where to continue.</param>
/// <param name="IsReset">Whether <paramref name="Text"/> replaces all text that was read before.</param>
/// <param name="Text">The new text; empty when there was none before the timeout.</param>
/// <param name="FinishedReply">The finished message when <paramref name="Next"/> is its end; otherwise null.</param>
/// <param name="Thought">New text of the model's thinking. It comes before <paramref name="Text"/>.</param>
[GenerateSerializer, Immutable, Alias("geminichat.ReplyProgress")]
public sealed record ReplyProgress(
    [property: Id(0)] ReplyCursor Next,
    [property: Id(1)] bool IsReset,
    [property: Id(2)] string Text,
    [property: Id(3)] RoomMessage? FinishedReply,
    [property: Id(4)] string Thought = "")
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(ReplyProgress);
}

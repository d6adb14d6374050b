using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>A user's message.</summary>
/// <param name="Content">1 to 32,000 code units, without NUL and lone surrogates.</param>
/// <param name="IdempotencyKey">
/// The idempotency key, 1 to 255 visible ASCII characters: a second post with the same key and content answers as the
/// first did. Keys live as long as the room.
/// </param>
[GenerateSerializer, Immutable, Alias("geminichat.NewMessage")]
public sealed record NewMessage([property: Id(0)] string Content, [property: Id(1)] string IdempotencyKey)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(NewMessage);
}

/// <summary>What came of a post, or of asking for another reply.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.PostOutcome")]
public abstract record PostOutcome
{
    private PostOutcome() { }

    /// <summary>The reply is stored and owed, by this request or an earlier one with the same key.</summary>
    /// <param name="Message">The user's message.</param>
    /// <param name="Reply">The reply, as it is now.</param>
    /// <param name="Position">Open turns ahead of it; 0 is at work, or done.</param>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.Accepted")]
    public sealed record Accepted(
        [property: Id(0)] RoomMessage Message,
        [property: Id(1)] RoomMessage Reply,
        [property: Id(2)] int Position) : PostOutcome;

    /// <summary>The user has no such room.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.RoomAbsent")]
    public sealed record RoomAbsent : PostOutcome;

    /// <summary>The room has no such reply.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.ReplyAbsent")]
    public sealed record ReplyAbsent : PostOutcome;

    /// <summary>A reply to the same message is still owed.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.ReplyOpen")]
    public sealed record ReplyPending : PostOutcome;

    /// <summary>The key was used before, for something else.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.KeyReused")]
    public sealed record KeyReused : PostOutcome;

    /// <summary>As many turns wait in this room as may wait.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.QueueFull")]
    public sealed record QueueFull([property: Id(0)] int Limit) : PostOutcome;

    /// <summary>
    /// The user has asked for as many replies today as the tier allows; or, when less than that is used, for as many as are
    /// accepted in a day whatever becomes of them.
    /// </summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.QuotaExceeded")]
    public sealed record QuotaExceeded([property: Id(0)] DailyUsage Usage) : PostOutcome;

    /// <summary>The silo is leaving; another one, or this one after its restart, will accept the message.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.PostOutcome.Leaving")]
    public sealed record SiloStopping : PostOutcome;
}

/// <summary>Text of a reply beyond a cursor.</summary>
/// <param name="Next">Where to read on.</param>
/// <param name="IsReset">Whether <paramref name="Text"/> replaces all that was read before.</param>
/// <param name="Text">The new text; empty when there was none within the wait.</param>
/// <param name="FinishedReply">The finished message, when <paramref name="Next"/> is its end.</param>
[GenerateSerializer, Immutable, Alias("geminichat.ReplyProgress")]
public sealed record ReplyProgress(
    [property: Id(0)] ReplyCursor Next,
    [property: Id(1)] bool IsReset,
    [property: Id(2)] string Text,
    [property: Id(3)] RoomMessage? FinishedReply)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(ReplyProgress);
}

using System.Globalization;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.GrainInterfaces.Users;

/// <summary>A change of something that a user's devices show. A notice is sent after the change is durable.</summary>
/// <remarks>No notice contains text of a message. A reader that needs the text reads the reply.</remarks>
[GenerateSerializer, Immutable, Alias("geminichat.Notice")]
public abstract record Notice
{
    private Notice() { }

    /// <summary>A room was created.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.Notice.RoomCreated")]
    public sealed record RoomCreated([property: Id(0)] RoomSummary Room) : Notice;

    /// <summary>A room was renamed.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.Notice.RoomRenamed")]
    public sealed record RoomRenamed([property: Id(0)] RoomSummary Room) : Notice;

    /// <summary>A room was pinned or archived, or another branch of it is shown.</summary>
    /// <param name="Room">The room.</param>
    /// <param name="Head">The newest message of the branch that is shown; null in an empty room.</param>
    [GenerateSerializer, Immutable, Alias("geminichat.Notice.RoomUpdated")]
    public sealed record RoomUpdated([property: Id(0)] RoomSummary Room, [property: Id(1)] long? Head) : Notice;

    /// <summary>A room was deleted.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.Notice.RoomDeleted")]
    public sealed record RoomDeleted([property: Id(0)] Guid RoomId) : Notice;

    /// <summary>A message was accepted, and its reply is queued.</summary>
    /// <param name="RoomId">The room.</param>
    /// <param name="Version">The room's version after the change.</param>
    /// <param name="UpdatedAt">The room's last activity after the change.</param>
    /// <param name="ReplyId">The reply's message id.</param>
    /// <param name="Position">The number of pending turns before it; 0 means next.</param>
    [GenerateSerializer, Immutable, Alias("geminichat.Notice.ReplyQueued")]
    public sealed record ReplyQueued(
        [property: Id(0)] Guid RoomId,
        [property: Id(1)] long Version,
        [property: Id(2)] DateTimeOffset UpdatedAt,
        [property: Id(3)] long ReplyId,
        [property: Id(4)] int Position) : Notice;

    /// <summary>The model is being called for a reply. Sent once for each attempt.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.Notice.ReplyGenerating")]
    public sealed record ReplyGenerating([property: Id(0)] Guid RoomId, [property: Id(1)] long ReplyId) : Notice;

    /// <summary>A reply has ended.</summary>
    /// <param name="RoomId">The room.</param>
    /// <param name="Version">The room's version after the change.</param>
    /// <param name="UpdatedAt">The room's last activity after the change.</param>
    /// <param name="ReplyId">The reply's message id.</param>
    /// <param name="Status">The final state.</param>
    [GenerateSerializer, Immutable, Alias("geminichat.Notice.ReplyFinished")]
    public sealed record ReplyFinished(
        [property: Id(0)] Guid RoomId,
        [property: Id(1)] long Version,
        [property: Id(2)] DateTimeOffset UpdatedAt,
        [property: Id(3)] long ReplyId,
        [property: Id(4)] MessageStatus Status) : Notice;

    /// <summary>The tier in force has changed.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.Notice.TierChanged")]
    public sealed record TierChanged([property: Id(0)] Tier Tier) : Notice;

    /// <summary>Notices before this one are missing. The client must read everything again.</summary>
    [GenerateSerializer, Immutable, Alias("geminichat.Notice.Reload")]
    public sealed record Reload : Notice;
}

/// <summary>A position in a user's notices. Everything up to it has been read.</summary>
/// <param name="Epoch">Identifies the numbering. Each activation starts a new one.</param>
/// <param name="Number">How many notices of the epoch come before this position.</param>
[GenerateSerializer, Immutable, Alias("geminichat.NoticeCursor")]
public readonly record struct NoticeCursor([property: Id(0)] int Epoch, [property: Id(1)] long Number)
{
    /// <summary>A cursor that is never issued. Reading from it begins with <see cref="Notice.Reload"/>.</summary>
    public static NoticeCursor Invalid { get; } = new(-1, 0);

    /// <summary>The event id form, <c>epoch-number</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}-{Number}");

    /// <summary>Reads the form <c>epoch-number</c>; both are non-negative decimal numbers.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out NoticeCursor cursor)
    {
        var dash = text.IndexOf('-');
        var epoch = 0;
        var number = 0L;
        var isCursor = dash > 0
            && int.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out epoch)
            && long.TryParse(text[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out number);
        cursor = isCursor ? new NoticeCursor(epoch, number) : default;
        return isCursor;
    }
}

/// <summary>Notices after a cursor.</summary>
/// <param name="Next">Where to continue: the number of the last of <paramref name="Notices"/>.</param>
/// <param name="Notices">In order, without a gap; empty when there was none before the timeout.</param>
[GenerateSerializer, Immutable, Alias("geminichat.NoticePage")]
public sealed record NoticePage([property: Id(0)] NoticeCursor Next, [property: Id(1)] ImmutableArray<Notice> Notices);

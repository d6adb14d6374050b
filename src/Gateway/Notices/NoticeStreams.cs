using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Notices;

/// <summary>Reads the notices of a user from a cursor.</summary>
internal sealed class NoticeSource(IUserGrain user, NoticeCursor from) : IStreamSource<NoticePage>
{
    private NoticeCursor _from = from;

    public string Kind => "notices";

    public Problem Absent => Problems.Unauthorized;

    public Task<NoticePage?> ReadAsync(CancellationToken cancellationToken) =>
        GrainCalls.RetryInStreamAsync(() => user.FollowNotices(_from, cancellationToken), cancellationToken);

    public bool Advance(NoticePage update)
    {
        _from = update.Next;
        return !update.Notices.IsEmpty;
    }
}

/// <summary>
/// Notices as server-sent events; <c>reconnect</c> when the server shuts down or the access token expires. Each id is the cursor
/// after its event.
/// </summary>
/// <param name="http">The request.</param>
/// <param name="start">The first cursor of a new client; null for a client that resumes.</param>
internal sealed class NoticeEventStream(HttpContext http, NoticeCursor? start) : EventStreamSink<NoticePage>(http, http.Request.Path)
{
    protected override void WriteStart()
    {
        if (start is { } cursor)
        {
            WriteStart(Events, cursor.ToString());
        }
    }

    protected override bool Write(NoticePage update)
    {
        var cursor = update.Next with { Number = update.Next.Number - update.Notices.Length };
        foreach (var notice in update.Notices)
        {
            cursor = cursor with { Number = cursor.Number + 1 };
            Write(Events, notice, cursor.ToString());
        }

        return true;
    }

    internal static void WriteStart(EventStreamWriter events, string id) => events.WriteEvent("connected", id, new ConnectedEvent());

    internal static void Write(EventStreamWriter events, Notice notice, string id)
    {
        var (name, data) = ToEvent(notice);
        events.WriteEvent(name, id, data);
    }

    internal static (string Name, object Data) ToEvent(Notice notice) => notice switch
    {
        Notice.RoomCreated created => ("created", RoomResponse.Of(created.Room)),
        Notice.RoomRenamed renamed => ("renamed", RoomResponse.Of(renamed.Room)),
        Notice.RoomUpdated updated => ("updated", RoomUpdatedEvent.Of(updated)),
        Notice.RoomDeleted deleted => ("deleted", new RoomDeletedEvent(deleted.RoomId)),
        Notice.ReplyQueued queued => ("queued", ReplyQueuedEvent.Of(queued)),
        Notice.ReplyGenerating generating => ("generating", new ReplyGeneratingEvent(generating.RoomId, generating.ReplyId)),
        Notice.ReplyFinished finished => ("finished", ReplyFinishedEvent.Of(finished)),
        Notice.TierChanged changed => ("tier", new TierEvent(changed.Tier.ToString())),
        Notice.Reload => ("reload", new ReloadEvent()),
        var other => throw new NotSupportedException(other.GetType().Name),
    };
}

// The data of the events. The description of GET /events documents them; Id is the id of the room.
internal sealed record RoomUpdatedEvent(
    Guid Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, long Version, bool? Pinned, bool? Archived, long? Head)
{
    public static RoomUpdatedEvent Of(Notice.RoomUpdated updated) => new(
        updated.Room.Id,
        updated.Room.Name,
        updated.Room.CreatedAt,
        updated.Room.UpdatedAt,
        updated.Room.Version,
        RoomFlag.Of(updated.Room.IsPinned),
        RoomFlag.Of(updated.Room.IsArchived),
        updated.Head);
}

internal sealed record RoomDeletedEvent(Guid Id);

internal sealed record ReplyQueuedEvent(Guid Id, long ReplyId, int Position, DateTimeOffset UpdatedAt, long Version)
{
    public static ReplyQueuedEvent Of(Notice.ReplyQueued queued) =>
        new(queued.RoomId, queued.ReplyId, queued.Position, queued.UpdatedAt, queued.Version);
}

internal sealed record ReplyGeneratingEvent(Guid Id, long ReplyId);

internal sealed record ReplyFinishedEvent(Guid Id, long ReplyId, [property: EnumNames<MessageStatus>] string Status, DateTimeOffset UpdatedAt, long Version)
{
    public static ReplyFinishedEvent Of(Notice.ReplyFinished finished) => new(
        finished.RoomId, finished.ReplyId, MessageResponse.ToStatusName(finished.Status), finished.UpdatedAt, finished.Version);
}

internal sealed record TierEvent([property: EnumNames<Tier>] string Tier);

internal sealed record ReloadEvent;

internal sealed record ConnectedEvent;

/// <summary>Limits the notice streams that one user may hold open.</summary>
internal sealed class NoticeStreamLimiter() : UserConcurrencyLimiter(MaxStreams)
{
    public const int MaxStreams = 20;

    public static Problem LimitReached { get; } = new(
        StatusCodes.Status429TooManyRequests,
        $"You have {MaxStreams} event streams open, as many as one may have. Close one first.",
        retryAfter: 5)
    { Type = ProblemTypes.StreamsLimit };
}

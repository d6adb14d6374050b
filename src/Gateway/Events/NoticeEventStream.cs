using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Events;

/// <summary>
/// Notices as server-sent events, each with the cursor behind it as id; <c>reconnect</c> when the server leaves or the token expires.
/// </summary>
/// <param name="http">The request.</param>
/// <param name="start">Where a client begins that has read nothing yet; null for one that reads on.</param>
internal sealed class NoticeEventStream(HttpContext http, NoticeCursor? start) : EventStreamSink<NoticePage>(http, http.Request.Path)
{
    protected override void WriteStart()
    {
        Events.WriteComment(start is null ? "reading on"u8 : "from now on"u8);
        if (start is { } cursor)
        {
            Events.WriteId(cursor.ToString());
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

    /// <summary>One notice as an event.</summary>
    internal static void Write(EventStreamWriter events, Notice notice, string id)
    {
        switch (notice)
        {
            case Notice.RoomCreated created:
                events.WriteEvent("created", id, RoomEvent.Of(created.Room), Json.Context.RoomEvent);
                break;
            case Notice.RoomRenamed renamed:
                events.WriteEvent("renamed", id, RoomEvent.Of(renamed.Room), Json.Context.RoomEvent);
                break;
            case Notice.RoomDeleted deleted:
                events.WriteEvent("deleted", id, new RoomDeletedEvent(deleted.RoomId), Json.Context.RoomDeletedEvent);
                break;
            case Notice.ReplyQueued queued:
                events.WriteEvent("queued", id, ReplyQueuedEvent.Of(queued), Json.Context.ReplyQueuedEvent);
                break;
            case Notice.ReplyGenerating generating:
                events.WriteEvent("generating", id, ReplyGeneratingEvent.Of(generating), Json.Context.ReplyGeneratingEvent);
                break;
            case Notice.ReplyFinished finished:
                events.WriteEvent("finished", id, ReplyFinishedEvent.Of(finished), Json.Context.ReplyFinishedEvent);
                break;
            case Notice.TierChanged changed:
                events.WriteEvent("tier", id, new TierEvent(changed.Tier.ToString()), Json.Context.TierEvent);
                break;
            case Notice.Reload:
                events.WriteEvent("reload", id, new ReloadEvent(), Json.Context.ReloadEvent);
                break;
            default:
                throw new NotSupportedException(notice.GetType().Name);
        }
    }
}

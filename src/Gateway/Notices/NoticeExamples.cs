using GeminiChat.Gateway.Chatrooms;

namespace GeminiChat.Gateway.Notices;

/// <summary>Examples for the OpenAPI document.</summary>
internal static class NoticeExamples
{
    private static readonly DateTimeOffset Later = Example.Time.AddMinutes(1);
    private static readonly RoomSummary Room = new(Example.RoomId, RoomExamples.Name, Example.Time, Example.Time, Version: 1);
    private static readonly RoomSummary Renamed = Room with { Name = "Blue", UpdatedAt = Later, Version = 4 };

    public static EventStreamDescription Events { get; } = new(
        "NoticeEvent",
        "The data of an event of `GET /events`. The data of event `error` are a `Problem` instead.",
        new("connected", nameof(ConnectedEvent), null, "The stream begins here. It comes first, without `Last-Event-ID` only."),
        Describe(new Notice.RoomCreated(Room), "A room was created.", "RoomCreatedEvent"),
        Describe(new Notice.RoomRenamed(Renamed), "A room has another name.", "RoomRenamedEvent"),
        Describe(
            new Notice.RoomUpdated(Renamed with { Version = 5, IsPinned = true }, Example.ReplyId),
            "A room was pinned or archived, or shows another branch."),
        Describe(new Notice.RoomDeleted(Room.Id), "A room was deleted."),
        Describe(new Notice.ReplyQueued(Room.Id, Version: 2, Later, Example.ReplyId, Position: 0), "A message was accepted; the reply to it waits."),
        Describe(new Notice.ReplyGenerating(Room.Id, Example.ReplyId), "A reply is being written."),
        Describe(new Notice.ReplyFinished(Room.Id, Version: 3, Later, Example.ReplyId, MessageStatus.Completed), "A reply has ended."),
        Describe(new Notice.TierChanged(Tier.Pro), "The user has another tier."),
        Describe(new Notice.Reload(), "Events are missing before this one: read the rooms anew."),
        EventDescription.Reconnect);

    private static EventDescription Describe(Notice notice, string description, string? schemaName = null)
    {
        var (name, data) = NoticeEventStream.ToEvent(notice);
        return EventDescription.Of(name, schemaName ?? data.GetType().Name, description, data);
    }
}

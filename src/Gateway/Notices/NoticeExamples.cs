using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.Notices;

/// <summary>Examples for the OpenAPI document.</summary>
internal static class NoticeExamples
{
    private static readonly DateTimeOffset Later = Example.Time.AddMinutes(1);
    private static readonly RoomSummary Room = new(Example.RoomId, RoomExamples.Name, Example.Time, Example.Time, Version: 1);

    private static readonly Notice[] Notices =
    [
        new Notice.RoomCreated(Room),
        new Notice.ReplyQueued(Room.Id, Version: 2, Later, Example.ReplyId, Position: 0),
        new Notice.ReplyGenerating(Room.Id, Example.ReplyId),
        new Notice.ReplyFinished(Room.Id, Version: 3, Later, Example.ReplyId, MessageStatus.Completed),
        new Notice.RoomRenamed(Room with { Name = "Blue", UpdatedAt = Later, Version = 4 }),
        new Notice.RoomUpdated(Room with { Name = "Blue", UpdatedAt = Later, Version = 5, IsPinned = true }, Example.ReplyId),
        new Notice.TierChanged(Tier.Pro),
        new Notice.RoomDeleted(Room.Id),
    ];

    public static (string Name, Func<string> Text)[] Streams =>
    [
        ("from_now_on", () => EventStreamWriter.Text(events =>
        {
            events.WriteRetry();
            NoticeEventStream.WriteStart(events, At(0));
            foreach (var (i, notice) in Notices.Index())
            {
                NoticeEventStream.Write(events, notice, At(i + 1));
            }

            events.WriteComment("ping"u8);
            events.WriteReconnect();
        })),
        ("events_are_missing", () => EventStreamWriter.Text(events =>
        {
            events.WriteRetry();
            NoticeEventStream.Write(events, new Notice.Reload(), At(8));
        })),
        ("session_over", () => EventStreamWriter.Text(events =>
        {
            events.WriteRetry();
            events.WriteError(Problems.Unauthorized.ToBody("/events"), id: null);
        })),
    ];

    private static string At(int number) => new NoticeCursor(1834, number).ToString();
}

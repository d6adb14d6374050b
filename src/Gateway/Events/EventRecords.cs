using GeminiChat.Gateway.Chatrooms;

namespace GeminiChat.Gateway.Events;

/// <summary><c>created</c>, <c>renamed</c>: a room as the list shows it.</summary>
/// <param name="Id">The room's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="UpdatedAt">Its last activity.</param>
/// <param name="Version">Counts the room's changes.</param>
internal sealed record RoomEvent(Guid Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, long Version)
{
    public static RoomEvent Of(RoomSummary room) => new(room.Id, room.Name, room.CreatedAt, room.UpdatedAt, room.Version);
}

/// <summary><c>deleted</c>.</summary>
/// <param name="Id">The room's id.</param>
internal sealed record RoomDeletedEvent(Guid Id);

/// <summary><c>queued</c>: a message was accepted.</summary>
/// <param name="Id">The room's id.</param>
/// <param name="ReplyId">The reply's message id.</param>
/// <param name="Position">Open turns ahead of the reply.</param>
/// <param name="UpdatedAt">The room's last activity.</param>
/// <param name="Version">Counts the room's changes.</param>
internal sealed record ReplyQueuedEvent(Guid Id, long ReplyId, int Position, DateTimeOffset UpdatedAt, long Version)
{
    public static ReplyQueuedEvent Of(Notice.ReplyQueued queued) =>
        new(queued.RoomId, queued.ReplyId, queued.Position, queued.UpdatedAt, queued.Version);
}

/// <summary><c>generating</c>: the model is being called.</summary>
/// <param name="Id">The room's id.</param>
/// <param name="ReplyId">The reply's message id.</param>
internal sealed record ReplyGeneratingEvent(Guid Id, long ReplyId)
{
    public static ReplyGeneratingEvent Of(Notice.ReplyGenerating generating) => new(generating.RoomId, generating.ReplyId);
}

/// <summary><c>finished</c>: the reply has its final state.</summary>
/// <param name="Id">The room's id.</param>
/// <param name="ReplyId">The reply's message id.</param>
/// <param name="Status"><c>completed</c>, <c>stopped</c>, <c>incomplete</c> or <c>failed</c>.</param>
/// <param name="UpdatedAt">The room's last activity.</param>
/// <param name="Version">Counts the room's changes.</param>
internal sealed record ReplyFinishedEvent(Guid Id, long ReplyId, string Status, DateTimeOffset UpdatedAt, long Version)
{
    public static ReplyFinishedEvent Of(Notice.ReplyFinished finished) => new(
        finished.RoomId, finished.ReplyId, MessageResponse.ToStatusName(finished.Status), finished.UpdatedAt, finished.Version);
}

/// <summary><c>tier</c>: another tier is in force.</summary>
/// <param name="Tier"><c>Basic</c> or <c>Pro</c>.</param>
internal sealed record TierEvent(string Tier);

/// <summary><c>reload</c>: events are missing before this one.</summary>
internal sealed record ReloadEvent;

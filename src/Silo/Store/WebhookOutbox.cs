using GeminiChat.Grains.Chatrooms;
using GeminiChat.Silo.Store.Writing;
using GeminiChat.Silo.Webhooks;

namespace GeminiChat.Silo.Store;

/// <summary>
/// Statements that store events for the receivers of webhooks, in the transaction of what they tell. Each one stores nothing if the
/// write before it changed nothing. Without receivers there are no statements.
/// </summary>
internal sealed class WebhookOutbox(IOptions<WebhookDeliveryOptions> options, TimeProvider time)
{
    // A row of a write that is repeated has the time of the first one.
    private const string ReplyHasEnded = """
        select 1 from messages
        where room_id = @room and id = @id and attempt = @attempt and status = @status and touched_at = @changed
        """;

    private const string ReplyHasFeedback = """
        select 1 from messages m join rooms r on r.room_id = m.room_id
        where m.room_id = @room and r.user_id = @user and m.id = @id and m.sender = 1 and m.status >= 2
        """;

    // An event that has not been sent yet tells of this change too: it has only ids.
    private const string NoFeedbackWaits = """
        not exists (
          select 1 from webhook_deliveries w
          where w.endpoint = e.endpoint and w.ordering_key = @key and w.attempts = 0 and w.payload like @waiting)
        """;

    private const string RoomIsDeleted = "select 1 from deleted_rooms where room_id = @room and user_id = @user and deleted_at = @changed";

    private const string UserIsCreated = """
        select 1 from users
        where user_id = @user and created_at = @changed and not exists (select 1 from deleted_users where user_id = @user)
        """;

    private const string UserIsDeleted = "select 1 from deleted_users where user_id = @user and deleted_at = @changed";

    private const string UserHasTier = "select 1 from users where user_id = @user and tier_version = @version";

    // One row for each receiver. A row becomes due with the newest one before it that has the same key, so that the rows behind an
    // event that failed are not looked at again and again.
    private readonly string _insert = $"""
        insert into webhook_deliveries (endpoint, event_id, ordering_key, payload, created_at, due_at)
        select e.endpoint, @event, @key, @payload, @now, coalesce((
          select p.due_at from webhook_deliveries p
          where p.endpoint = e.endpoint and p.ordering_key = @key order by p.seq desc limit 1), @now)
        from ({string.Join(" union all ", options.Value.Endpoints.Select(endpoint => $"select {endpoint.Number} as endpoint"))}) e
        where exists
        """;

    /// <summary>Whether there are receivers.</summary>
    public bool IsUsed { get; } = options.Value.Endpoints is [_, ..];

    public ImmutableArray<Statement> ReplyFinished(ReplyFence fence, RoomMessage reply, RoomSummary room) => Add(
        WebhookEventTypes.ReplyFinished,
        room.UpdatedAt,
        WebhookEventData.Of(fence.Room, reply),
        ReplyHasEnded,
        ("room", fence.Room.RoomId),
        ("id", fence.ReplyId),
        ("attempt", fence.Attempt),
        ("status", (int)reply.Status),
        ("changed", room.UpdatedAt));

    public ImmutableArray<Statement> FeedbackGiven(RoomKey room, RoomMessage reply) => Add(
        WebhookEventTypes.FeedbackGiven,
        time.GetUtcNow(),
        WebhookEventData.Of(room, reply),
        $"{ReplyHasFeedback}) and ({NoFeedbackWaits}",
        ("room", room.RoomId),
        ("user", room.UserId),
        ("id", reply.Id),
        ("waiting", $"{{\"type\":\"{WebhookEventTypes.FeedbackGiven}\",%\"reply\":{{\"id\":{reply.Id},%"));

    public ImmutableArray<Statement> RoomDeleted(RoomKey room, DateTimeOffset at) => Add(
        WebhookEventTypes.RoomDeleted,
        at,
        WebhookEventData.Of(room),
        RoomIsDeleted,
        ("room", room.RoomId),
        ("user", room.UserId),
        ("changed", at));

    public ImmutableArray<Statement> UserCreated(UserProfile user) => Add(
        WebhookEventTypes.UserCreated,
        user.CreatedAt,
        new WebhookEventData(user.Id),
        UserIsCreated,
        ("user", user.Id),
        ("changed", user.CreatedAt));

    public ImmutableArray<Statement> UserDeleted(Guid userId, DateTimeOffset at) => Add(
        WebhookEventTypes.UserDeleted, at, new WebhookEventData(userId), UserIsDeleted, ("user", userId), ("changed", at));

    public ImmutableArray<Statement> SubscriptionChanged(Guid userId, TierGrant grant) => Add(
        WebhookEventTypes.SubscriptionChanged,
        time.GetUtcNow(),
        new WebhookEventData(userId),
        UserHasTier,
        ("user", userId),
        ("version", grant.Version));

    private ImmutableArray<Statement> Add(
        string type, DateTimeOffset at, WebhookEventData data, string condition, params ImmutableArray<(string, SqlValue)> parameters)
    {
        if (!IsUsed)
        {
            return [];
        }

        var now = time.GetUtcNow();
        return
        [
            new Statement($"{_insert} ({condition})",
            [
                ("event", Guid.CreateVersion7(now)),
                ("key", data.OrderingKey),
                ("payload", WebhookEvent.Of(type, at, data).ToJson()),
                ("now", now),
                .. parameters,
            ]),
        ];
    }
}

using GeminiChat.Grains.Chatrooms;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>Builds the write operations of rooms.</summary>
internal sealed partial class RoomWrites(Database database, WebhookOutbox webhooks, TimeProvider time)
{
    private const string InsertRoom = """
        insert into rooms (
          room_id, user_id, name, system_prompt, created_at, updated_at, version, next_id, created_as, is_named, settings_version,
          is_temporary, options)
        select @room, @user, @name, @prompt, @created, @updated, @version, @next, @as, @named, @version, @temporary, @options
        where not exists (select 1 from deleted_rooms where room_id = @room)
          and not exists (select 1 from deleted_users where user_id = @user)
        on conflict do nothing
        """;

    // After an unknown commit the write is repeated with its first version. A later version may have been stored meanwhile.
    private const string NewerVersion = "case when version < @version then @version else version end";

    /// <summary>
    /// What the end of a reply changes in its room, in both dialects. Only a room with the default name takes the title, so a
    /// name that the user has set meanwhile stays.
    /// </summary>
    public const string TouchRoom = $"""
        update rooms
        set updated_at = @updated, version = {NewerVersion},
          name = case when is_named = 0 then coalesce(@title, name) else name end,
          settings_version = case when is_named = 0 and @title is not null then @version else settings_version end,
          is_named = case when @title is not null then 1 else is_named end
        """;

    /// <summary>What the end of a reply changes in its row, in both dialects.</summary>
    public const string EndReply = """
        content = @content, status = @status, reason = @reason, model = @model, input_tokens = @input, output_tokens = @output,
        thoughts = @thoughts, details = @details, context_skipped = @skipped, thought_tokens = @thoughtTokens,
        cached_tokens = @cachedTokens, search_queries = @searchQueries, touched_at = @updated
        """;

    /// <summary>
    /// What a refund changes in a day's usage, in both dialects. Refunds of turns that were stopped in the queue are counted too,
    /// because their number is limited.
    /// </summary>
    public const string RefundUsage =
        "update usage set used = used - 1, refunded = refunded + 1, refunded_stops = refunded_stops + @stop";

    /// <summary>What the searches for a reply change in the usage of the day of its end, in both dialects.</summary>
    public const string AddSearches = "insert into usage (user_id, utc_day, used, search_queries) select @user, @day, 0, @searchQueries";

    /// <inheritdoc cref="AddSearches"/>
    public const string OrToExistingUsage =
        "on conflict (user_id, utc_day) do update set search_queries = usage.search_queries + excluded.search_queries";

    /// <summary>
    /// Whether the day allows one more refund, in both dialects: a day refunds at most as many stopped turns as its limit.
    /// </summary>
    public const string IsRefundable = "(@stop = 0 or daily_limit = 0 or refunded_stops < daily_limit)";

    private const string StoreSettings = """
        update rooms
        set name = @name, system_prompt = @prompt, is_named = @named, is_pinned = @pinned, is_archived = @archived,
          options = @options, settings_version = @version, version = @version
        where room_id = @room and user_id = @user and settings_version = @expected and version < @version
        """;

    // 0 for none.
    private const string ChosenHead = "coalesce(case when head_next_id = next_id then head end, 0)";

    private const string StoreHead = $"""
        update rooms set head = @head, head_next_id = next_id, version = {NewerVersion}
        where room_id = @room and user_id = @user and next_id = @expected and {ChosenHead} = @expectedHead
        """;

    private const string StoreFeedback = """
        update messages
        set feedback = @feedback, feedback_comment = @comment
        where room_id = @room and id = @id and sender = 1 and status >= 2
          and exists (select 1 from rooms where room_id = @room and user_id = @user)
        """;

    private const string StartReply = """
        update messages
        set attempt = @attempt, status = 1, content = '', touched_at = @now
        where room_id = @room and id = @id and attempt = @attempt - 1 and sender = 1 and status < 2
        """;

    private const string CheckpointReply = """
        update messages
        set content = @content, status = 1, touched_at = @now
        where room_id = @room and id = @id and attempt = @attempt and sender = 1 and status < 2
        """;

    // With the user's lock: another process may be deleting the room or the user.
    public static WriteOperation Create(RoomKey room, RoomRow row, params ReadOnlySpan<Statement> copies) => new(
        WrittenTable.Rooms, room.RoomId, room.UserId,
    [
        new(InsertRoom,
        [
            ("room", room.RoomId),
            ("user", room.UserId),
            ("name", row.Summary.Name),
            ("prompt", row.SystemPrompt),
            ("created", row.Summary.CreatedAt),
            ("updated", row.Summary.UpdatedAt),
            ("version", row.Summary.Version),
            ("next", row.NextId),
            ("as", row.CreationFingerprint),
            ("named", row.IsNamed),
            ("temporary", row.Summary.IsTemporary),
            ("options", ColumnJson.Of(row.Options)),
        ]),
        .. copies,
    ])
    {
        LocksUser = true,
    };

    public static WriteOperation ChooseHead(RoomKey room, long head, RoomFence expected, long version) => Operation(room,
    [
        new(StoreHead,
        [
            ("room", room.RoomId),
            ("user", room.UserId),
            ("head", head),
            ("expected", expected.NextId),
            ("expectedHead", expected.ChosenHead ?? 0),
            ("version", version),
        ]),
    ]);

    public static WriteOperation ChangeSettings(RoomKey room, RoomRow row, long expected) => Operation(room,
    [
        new(StoreSettings,
        [
            ("room", room.RoomId),
            ("user", room.UserId),
            ("name", row.Summary.Name),
            ("prompt", row.SystemPrompt),
            ("named", row.IsNamed),
            ("pinned", row.Summary.IsPinned),
            ("archived", row.Summary.IsArchived),
            ("options", ColumnJson.Of(row.Options)),
            ("version", row.Summary.Version),
            ("expected", expected),
        ]),
    ]);

    public WriteOperation SetFeedback(RoomKey room, long replyId, MessageFeedback? feedback, RoomMessage? reply) => Operation(room,
    [
        new(StoreFeedback,
        [
            ("room", room.RoomId),
            ("user", room.UserId),
            ("id", replyId),
            ("feedback", feedback?.IsPositive switch { null => (long?)null, true => 1, false => 0 }),
            ("comment", feedback?.Comment),
        ]),
        .. reply is null ? [] : webhooks.FeedbackGiven(room, reply),
    ]);

    public static WriteOperation StartAttempt(ReplyFence fence, DateTimeOffset now) => Operation(fence.Room,
    [
        new(StartReply,
        [
            ("room", fence.Room.RoomId), ("id", fence.ReplyId), ("attempt", fence.Attempt), ("now", now),
        ]),
    ]);

    public static WriteOperation Checkpoint(ReplyFence fence, string text, DateTimeOffset now) => Operation(fence.Room,
    [
        new(CheckpointReply,
        [
            ("room", fence.Room.RoomId),
            ("id", fence.ReplyId),
            ("attempt", fence.Attempt),
            ("content", text),
            ("now", now),
        ]),
    ]);

    public WriteOperation Finish(ReplyFence fence, RoomMessage reply, RoomSummary summary, Refund refund, string? title)
    {
        ImmutableArray<(string, SqlValue)> parameters =
        [
            ("room", fence.Room.RoomId),
            ("user", fence.Room.UserId),
            ("id", fence.ReplyId),
            ("attempt", fence.Attempt),
            ("content", reply.Content),
            ("status", (int)reply.Status),
            ("reason", reply.Reason),
            ("model", reply.Model),
            ("input", reply.Usage?.InputTokens),
            ("output", reply.Usage?.OutputTokens),
            ("thoughts", reply.Thoughts),
            ("details", MessageDetails.Of(reply)),
            ("skipped", reply.ContextSkipped),
            ("thoughtTokens", reply.Usage?.ThoughtTokens),
            ("cachedTokens", reply.Usage?.CachedTokens),
            ("searchQueries", reply.Usage?.SearchQueries),
            ("updated", summary.UpdatedAt),
            ("version", summary.Version),
            ("title", title),
            ("stop", refund is Refund.Stop),
            ("day", DateOnly.FromDateTime(summary.UpdatedAt.UtcDateTime).DayNumber),
        ];

        // The searches of a reply that is given back count: the model has made them.
        var (isRefunded, hasSearches) = (refund is not Refund.None, reply.Usage?.SearchQueries > 0);
        var statements = (isRefunded, hasSearches) switch
        {
            (true, true) => database.FinishReplyCountSearchesAndRefundSql,
            (true, false) => database.FinishReplyAndRefundSql,
            (false, true) => database.FinishReplyAndCountSearchesSql,
            _ => database.FinishReplySql,
        };
        return Operation(
            fence.Room,
            [
                .. statements.Select(sql => new Statement(sql, parameters)),
                .. database.Index.AddFinished(fence, summary, reply),
                .. webhooks.ReplyFinished(fence, reply, summary),
            ],
            locksUser: isRefunded || hasSearches);
    }

    private static WriteOperation Operation(
        RoomKey room, ImmutableArray<Statement> statements, bool locksUser = false) =>
        new(WrittenTable.Rooms, room.RoomId, room.UserId, statements) { LocksUser = locksUser };
}

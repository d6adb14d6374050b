using System.Collections.Immutable;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>The part about accepting turns.</summary>
internal sealed partial class RoomWrites
{
    // A lost race leaves nothing to insert. A conflict could only come from a fault in the program, and then raises an
    // error, so that nothing of the acceptance is stored.
    private const string InsertTurn = """
        insert into messages (
          room_id, id, sender, content, created_at, status, reply_to, attempt, idempotency_key, touched_at, charged_day)
        select room_id, @id, 0, @content, @at, @status, null, @attempt, @key, @at, null
        from rooms where room_id = @room and last_accept = @commit
        union all
        select room_id, @replyId, 1, @replyContent, @replyAt, @replyStatus, @replyTo, @replyAttempt, null, @replyAt, @day
        from rooms where room_id = @room and last_accept = @commit
        """;

    private const string InsertReply = """
        insert into messages (
          room_id, id, sender, content, created_at, status, reply_to, attempt, idempotency_key, touched_at, charged_day,
          regenerates)
        select room_id, @replyId, 1, @replyContent, @replyAt, @replyStatus, @replyTo, @replyAttempt, @key, @replyAt, @day,
          @regenerates
        from rooms where room_id = @room and last_accept = @commit
        """;

    // Two statements, since each has an index of its own to walk.
    private const string SupersedeFirstReply = """
        update messages set superseded_by = @replyId
        where room_id = @room and id = @replyTo + 1
          and exists (select 1 from rooms where room_id = @room and last_accept = @commit)
        """;

    private const string SupersedeOtherReplies = """
        update messages set superseded_by = @replyId
        where room_id = @room and reply_to = @replyTo and regenerates is not null
          and exists (select 1 from rooms where room_id = @room and last_accept = @commit)
        """;

    private const string AddUsage = """
        insert into usage (user_id, utc_day, used, daily_limit)
        select user_id, @day, @turns, @limit from rooms where room_id = @room and last_accept = @commit
        on conflict (user_id, utc_day) do update set used = usage.used + excluded.used, daily_limit = excluded.daily_limit
        """;

    // The keys can only be there when another activation has accepted them, and then the next id has moved as well.
    // They are looked up one by one, by a subquery that cannot be turned into a join: a planner that has not seen a long
    // room before might read all of it.
    // A deleted user's usage is final, so nothing may be accepted for one.
    private readonly string _moveNextId = $"""
        update rooms
        set next_id = @next, version = {NewerVersion}, updated_at = @updated, last_accept = @commit
        where room_id = @room and user_id = @user and next_id = @expected
          and (@limit = 0
            or coalesce((select used from usage where user_id = @user and utc_day = @day), 0) + @turns <= @limit
            and coalesce((select used + refunded from usage where user_id = @user and utc_day = @day), 0) + @turns <= @most)
          and not exists (select 1 from deleted_users where user_id = @user)
          and not exists (
            select 1 from {database.ElementsOf("@keys")}
            where (select true from messages where room_id = @room and idempotency_key = k.value))
        """;

    /// <summary>
    /// Moves the room's next id if it is the expected one and leaves a mark; the other statements look for the mark,
    /// so all of them count or none. They stay together in a batch, so a later acceptance cannot overwrite it.
    /// </summary>
    public WriteOperation Accept(Acceptance acceptance)
    {
        var commit = Guid.CreateVersion7(time.GetUtcNow());
        return Operation(
            acceptance.Room,
            [
                MoveNextId(acceptance, commit),
                .. acceptance.Turns.SelectMany(turn => Insert(acceptance, commit, turn)),
                CountTurns(acceptance, commit),
            ],
            locksUser: true);
    }

    private Statement MoveNextId(Acceptance acceptance, Guid commit) => new(_moveNextId,
    [
        ("room", acceptance.Room.RoomId),
        ("user", acceptance.Room.UserId),
        ("expected", acceptance.ExpectedNextId),
        ("next", acceptance.NextId),
        ("version", acceptance.Summary.Version),
        ("updated", Millis(acceptance.Summary.UpdatedAt)),
        ("commit", commit),
        ("day", acceptance.UsageDay.DayNumber),
        ("turns", acceptance.Turns.Length),
        ("limit", acceptance.DailyLimit),
        ("most", DailyUsage.AcceptedPerLimit * acceptance.DailyLimit),
        ("keys", acceptance.Turns.Select(turn => turn.Key).ToArray()),
    ]);

    private static Statement CountTurns(Acceptance acceptance, Guid commit) => new(AddUsage,
    [
        ("room", acceptance.Room.RoomId),
        ("commit", commit),
        ("day", acceptance.UsageDay.DayNumber),
        ("turns", acceptance.Turns.Length),
        ("limit", acceptance.DailyLimit),
    ]);

    private static ImmutableArray<Statement> Insert(Acceptance acceptance, Guid commit, AcceptedTurn turn)
    {
        ImmutableArray<(string, SqlValue)> reply =
        [
            ("room", acceptance.Room.RoomId),
            ("commit", commit),
            ("day", acceptance.UsageDay.DayNumber),
            ("key", turn.Key),
            ("replyId", turn.Reply.Id),
            ("replyContent", turn.Reply.Content),
            ("replyAt", Millis(turn.Reply.Timestamp)),
            ("replyStatus", (int)turn.Reply.Status),
            ("replyTo", turn.Reply.ReplyTo),
            ("replyAttempt", turn.Reply.Attempt),
        ];
        return turn.Regenerates is { } regenerated
            ? Regenerate(reply.Add(("regenerates", regenerated)))
            : [new Statement(InsertTurn, [.. reply, .. MessageOf(turn)])];
    }

    /// <summary>The others first, since the new reply is one of those that the second statement finds.</summary>
    private static ImmutableArray<Statement> Regenerate(ImmutableArray<(string, SqlValue)> reply) =>
        [new(SupersedeFirstReply, reply), new(SupersedeOtherReplies, reply), new(InsertReply, reply)];

    private static ImmutableArray<(string, SqlValue)> MessageOf(AcceptedTurn turn) =>
    [
        ("id", turn.Message.Id),
        ("content", turn.Message.Content),
        ("at", Millis(turn.Message.Timestamp)),
        ("status", (int)turn.Message.Status),
        ("attempt", turn.Message.Attempt),
    ];
}

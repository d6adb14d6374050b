using GeminiChat.Grains.Chatrooms;
using GeminiChat.Silo.Store.Writing;

namespace GeminiChat.Silo.Store;

/// <summary>
/// The part about the acceptance of turns. For each turn, the first statement decides: if the day's limit allows the turn, it
/// moves the room's next id past it, and sets the acceptance's mark. The other statements of the turn check both. A turn
/// that is not accepted leaves the next id where it is, so no later turn of the acceptance is accepted either.
/// </summary>
internal sealed partial class RoomWrites
{
    // Every acceptance has its own mark, and the statements of an acceptance stay together in a batch.
    private const string Mark = "from rooms where room_id = @room and last_accept = @commit";

    /// <summary>The room, if the turn with the reply <c>@replyId</c> is accepted.</summary>
    public const string IsAccepted = $"{Mark} and next_id > @replyId";

    // Inserts nothing when the turn is not accepted. A conflict of keys would be a bug. It raises an error, so that nothing of
    // the acceptance is stored.
    private const string InsertTurn = $"""
        insert into messages (
          room_id, id, sender, content, created_at, status, reply_to, attempt, idempotency_key, touched_at, charged_day, details)
        select room_id, @id, 0, @content, @at, @status, null, @attempt, @key, @at, null, @details {IsAccepted}
        union all
        select room_id, @replyId, 1, @replyContent, @replyAt, @replyStatus, @replyTo, @replyAttempt, null, @replyAt, @day, @replyDetails {IsAccepted}
        """;

    private const string InsertReply = $"""
        insert into messages (
          room_id, id, sender, content, created_at, status, reply_to, attempt, idempotency_key, touched_at, charged_day,
          details, regenerates)
        select room_id, @replyId, 1, @replyContent, @replyAt, @replyStatus, @replyTo, @replyAttempt, @key, @replyAt, @day,
          @replyDetails, @regenerates {IsAccepted}
        """;

    private const string InsertBranch = $"""
        insert into branches (room_id, id, parent_id, edited_id)
        select room_id, @branch, @parent, @edited {IsAccepted}
        """;

    // Two statements, because each uses another index.
    private const string SupersedeFirstReply = $"""
        update messages set superseded_by = @replyId
        where room_id = @room and id = @replyTo + 1 and exists (select 1 {IsAccepted})
        """;

    private const string SupersedeOtherReplies = $"""
        update messages set superseded_by = @replyId
        where room_id = @room and reply_to = @replyTo and regenerates is not null and exists (select 1 {IsAccepted})
        """;

    /// <summary>The limit of the user's tier: <c>@pro</c> or <c>@basic</c>. After its end the tier is Basic.</summary>
    public const string LimitOfUser = """
        coalesce((
          select case when tier = 1 and (tier_valid_until is null or tier_valid_until > @now) then @pro else @basic end
          from users where user_id = @user), @basic)
        """;

    // The transaction holds the user's lock, so usage and tier do not change before its end. Without a FROM clause, which costs
    // SQLite temporary tables.
    private const string MoveNextId = $"""
        update rooms
        set next_id = @replyId + 1, version = {NewerVersion}, updated_at = @updated, last_accept = @commit
        where room_id = @room and user_id = @user and next_id = @expected
          and exists (
            select 1 from (select {LimitOfUser} as most) l
            left join usage g on g.user_id = @user and g.utc_day = @day
            where l.most = 0 or (
              coalesce(g.used, 0) < l.most
              and coalesce(g.used, 0) + coalesce(g.refunded, 0) < @times * l.most))
        """;

    // The mark: another acceptance may have moved the next id just as far.
    private const string AcceptNext = $"{MoveNextId} and last_accept = @commit";

    private const string AddUsage = $"""
        insert into usage (user_id, utc_day, used, daily_limit)
        select user_id, @day, 1, {LimitOfUser} {IsAccepted}
        on conflict (user_id, utc_day) do update set used = usage.used + 1, daily_limit = excluded.daily_limit
        """;

    // Looks up the keys one by one, with a subquery that the planner cannot turn into a join. With a join, a planner without
    // statistics of a long room might read all of it.
    private string KnownKeys => field ??= $"""
        select 1 from {database.ArrayTable("@keys")}
        where (select true from messages where room_id = @room and idempotency_key = k.value)
        """;

    // All or none of the turns have new keys.
    private string AcceptFirst => field ??= $"""
        {MoveNextId}
          and {ChosenHead} = @expectedHead
          and not exists (select 1 from deleted_users where user_id = @user)
          and not exists ({KnownKeys})
        """;

    // The transaction holds the user's lock, so no file is deleted between this and its end.
    private string HasFiles => field ??= $"""
        (select count(*) from {database.ArrayTable("@files")} cross join files f where f.file_id = k.value and f.user_id = @user)
        """;

    private string AcceptFirstWithFiles => field ??= $"{AcceptFirst} and {HasFiles} = @fileCount";

    private string InsertMessageFiles => field ??= $"""
        insert into message_files (room_id, message_id, file_id, user_id)
        select @room, @id, k.value, @user from {database.ArrayTable("@attached")} where exists (select 1 {IsAccepted})
        """;

    private string UseFiles => field ??= $"""
        update files set unused_since = null
        where file_id in (select k.value from {database.ArrayTable("@attached")}) and exists (select 1 {IsAccepted})
        """;

    private string ReadOutcomeWithFiles => field ??= ReadOutcome.Replace(
        $"{RowReader.AllowanceColumns}", $"{RowReader.AllowanceColumns}, {HasFiles}", StringComparison.Ordinal);

    private string ReadOutcome => field ??= $"""
        select case when r.last_accept = @commit then 1 else 0 end, coalesce(r.next_id, 0),
          case when r.last_accept = @commit then 0 when exists ({KnownKeys}) then 1 else 0 end,
          coalesce(case when r.head_next_id = r.next_id then r.head end, 0), {RowReader.AllowanceColumns}
        from {RowReader.AllowanceTables}
        left join rooms r on r.room_id = @room and r.user_id = @user
        """;

    /// <summary>Stores as many of the turns as the day's limit allows, and reads the outcome.</summary>
    public WriteOperation<AcceptanceOutcome> Accept(Acceptance acceptance)
    {
        ImmutableArray<(string, SqlValue)> own =
        [
            ("room", acceptance.Room.RoomId),
            ("user", acceptance.Room.UserId),
            ("commit", Guid.CreateVersion7(time.GetUtcNow())),
            ("day", acceptance.UsageDay.DayNumber),
        ];
        ImmutableArray<(string, SqlValue)> files = acceptance.Files is { IsEmpty: false } ids ? [("files", ids.ToArray()), ("fileCount", ids.Length)] : [];
        (string, SqlValue) keys = ("keys", acceptance.Turns.Select(turn => turn.IdempotencyKey).ToArray());
        return new(
            WrittenTable.Rooms,
            acceptance.Room.RoomId,
            acceptance.Room.UserId,
            [.. acceptance.Turns.SelectMany((_, at) => AcceptTurn(acceptance, at, own, at == 0 ? [keys, .. files] : []))],
            new Statement(files.IsEmpty ? ReadOutcome : ReadOutcomeWithFiles, [.. own, keys, .. files]),
            row => Outcome(row, acceptance))
        {
            LocksUser = true,
        };
    }

    private ImmutableArray<Statement> AcceptTurn(
        Acceptance acceptance, int at, ImmutableArray<(string, SqlValue)> own, ImmutableArray<(string, SqlValue)> keysAndFiles)
    {
        var turn = acceptance.Turns[at];
        ImmutableArray<(string, SqlValue)> judged =
        [
            .. own,
            ("replyId", turn.Reply.Id),
            ("expected", at == 0 ? acceptance.ExpectedNextId : acceptance.Turns[at - 1].Reply.Id + 1),
            ("now", acceptance.At),
            ("basic", acceptance.Limits.BasicDailyMessages),
            ("pro", acceptance.Limits.ProDailyMessages),
            ("times", DailyUsage.AcceptedLimitMultiplier),
            ("version", acceptance.Summary.Version),
            ("updated", acceptance.Summary.UpdatedAt),
        ];
        return
        [
            at > 0 ? new(AcceptNext, judged)
                : new(keysAndFiles.Length > 1 ? AcceptFirstWithFiles : AcceptFirst, [.. judged, .. keysAndFiles, ("expectedHead", acceptance.ExpectedHead ?? 0)]),
            .. Insert(own, turn),
            .. InsertFiles(own, turn),
            .. turn.RegeneratedReplyId is null ? database.Index.AddAccepted(acceptance.Room, acceptance.Summary, turn, own) : [],
            new(AddUsage, judged),
        ];
    }

    private static AcceptanceOutcome Outcome(long?[] row, Acceptance acceptance)
    {
        var (isAccepted, nextId, isKeyKnown) = (row[0] > 0, row[1], row[2] > 0);
        var allowance = RowReader.Allowance(row.AsSpan(4));
        var usage = allowance.UsageAt(acceptance.At, acceptance.Limits);
        return isAccepted ? new AcceptanceOutcome.Accepted(acceptance.Turns.Count(turn => turn.Reply.Id < nextId), usage)
            : allowance.IsDeleted ? new AcceptanceOutcome.UserDeleted()
            : isKeyKnown ? new AcceptanceOutcome.KeyKnown()
            : acceptance.Files is [_, ..] files && row[^1] != files.Length ? new AcceptanceOutcome.FileAbsent()
            : (nextId, row[3]) == (acceptance.ExpectedNextId, acceptance.ExpectedHead ?? 0) ? new AcceptanceOutcome.LimitReached(usage)
            : new AcceptanceOutcome.Fenced();
    }

    private ImmutableArray<Statement> InsertFiles(ImmutableArray<(string, SqlValue)> own, AcceptedTurn turn)
    {
        var files = turn.NewFiles.ToArray();
        if (files.Length == 0)
        {
            return [];
        }

        ImmutableArray<(string, SqlValue)> parameters = [.. own, ("id", turn.Message.Id), ("replyId", turn.Reply.Id), ("attached", files)];
        return [new(InsertMessageFiles, parameters), new(UseFiles, parameters)];
    }

    private static ImmutableArray<Statement> Insert(ImmutableArray<(string, SqlValue)> own, AcceptedTurn turn)
    {
        ImmutableArray<(string, SqlValue)> reply =
        [
            .. own,
            ("key", turn.IdempotencyKey),
            ("replyId", turn.Reply.Id),
            ("replyContent", turn.Reply.Content),
            ("replyAt", turn.Reply.Timestamp),
            ("replyStatus", (int)turn.Reply.Status),
            ("replyTo", turn.Reply.ReplyTo),
            ("replyAttempt", turn.Reply.Attempt),
            ("replyDetails", MessageDetails.Of(turn.Reply)),
        ];
        ImmutableArray<Statement> inserts = turn.RegeneratedReplyId is { } regenerated
            ? Regenerate(reply.Add(("regenerates", regenerated)))
            : [new Statement(InsertTurn, [.. reply, .. MessageOf(turn)])];
        return turn.StoresParent ? [.. inserts, new Statement(InsertBranch, [.. own, .. BranchOf(turn)])] : inserts;
    }

    // The updates come first, because the second one would also find the new reply.
    private static ImmutableArray<Statement> Regenerate(ImmutableArray<(string, SqlValue)> reply) =>
        [new(SupersedeFirstReply, reply), new(SupersedeOtherReplies, reply), new(InsertReply, reply)];

    private static ImmutableArray<(string, SqlValue)> BranchOf(AcceptedTurn turn)
    {
        var first = turn.RegeneratedReplyId is null ? turn.Message : turn.Reply;
        return
        [
            ("replyId", turn.Reply.Id),
            ("branch", first.Id),
            ("parent", first.ReplyTo ?? first.ParentId ?? 0),
            ("edited", turn.EditedMessageId),
        ];
    }

    private static ImmutableArray<(string, SqlValue)> MessageOf(AcceptedTurn turn) =>
    [
        ("id", turn.Message.Id),
        ("content", turn.Message.Content),
        ("at", turn.Message.Timestamp),
        ("status", (int)turn.Message.Status),
        ("attempt", turn.Message.Attempt),
        ("details", MessageDetails.Of(turn.Message)),
    ];
}
